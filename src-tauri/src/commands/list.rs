// Every command of the window, once. The build script grants the window these, and only these; the program registers these.
macro_rules! commands {
    ($with:ident) => {
        $with! {
            show_window,
            close_anyway,
            pick_folder,
        }
    };
}
