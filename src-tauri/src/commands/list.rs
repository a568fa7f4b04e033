// Every command of the window, once. The build script gives each a permission of its own; the program registers these and no others.
macro_rules! commands {
    ($with:ident) => {
        $with! {
            start,
            save_settings,
            add_registry,
            remove_registry,
            set_default_registry,
            log_in,
            test_registry,
            aws_profiles,
            start_embedded,
            browse,
            sync,
            plugin,
            readme,
            files,
            file,
            compare,
            compare_folder,
            history,
            icon,
            plan,
            apply,
            pick_folder,
            inspect,
            publish,
            download,
            jobs,
            cancel_job,
            resume_job,
            open_link,
            close_anyway,
            show_window,
        }
    };
}
