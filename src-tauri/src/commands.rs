//! What the page may ask. Each command translates and calls; the work is done in [`patchbay_client`].
//!
//! The registry is always named: what the page shows and what it asks about must never be two different ones.

use std::path::Path;

use patchbay_client::App;
use patchbay_client::wire::{
    AuditDone, BrowseRequest, BrowseView, ChangeDone, ChangePlan, ChangeRequest, CleanPlan, ConnectionStep, DiffView, FileContentView,
    FilesView, FixView, HistoryView, JobView, OrphanView, PluginView, PublishPlan, PublishRequest, RegistryInput, RegistryView,
    RevisionDiff, Secret, Settings, Start, SyncView, WireError,
};
use tauri::ipc::{Channel, Invoke};
use tauri::{State, WebviewWindow, Wry, async_runtime};

use crate::launch::Options;
use crate::{link, pick, window};

include!("commands/list.rs");

type Answer<T> = Result<T, WireError>;
type Client<'a> = State<'a, App>;

/// Answers the commands of `commands/list.rs`.
pub fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    macro_rules! register {
        ($($name:ident,)*) => { tauri::generate_handler![$($name),*] };
    }
    commands!(register)
}

#[tauri::command]
async fn start(client: Client<'_>, options: State<'_, Options>) -> Answer<Start> {
    if options.samples && client.registries()?.is_empty() {
        client.start_embedded().await?;
    }
    client.start()
}

#[tauri::command]
async fn save_settings(client: Client<'_>, shown: WebviewWindow, settings: Settings) -> Answer<Settings> {
    let settings = client.save_settings(&settings)?;
    window::wear(&shown, settings.theme);
    Ok(settings)
}

#[tauri::command]
async fn add_registry(client: Client<'_>, input: RegistryInput, secret: Option<Secret>) -> Answer<Vec<RegistryView>> {
    client.add_registry(input, secret).await
}

#[tauri::command]
async fn remove_registry(client: Client<'_>, name: String) -> Answer<Vec<RegistryView>> {
    client.remove_registry(&name).await
}

#[tauri::command]
async fn set_default_registry(client: Client<'_>, name: String) -> Answer<Vec<RegistryView>> {
    client.set_default_registry(&name)
}

#[tauri::command]
async fn log_in(client: Client<'_>, name: String, secret: Secret) -> Answer<Vec<RegistryView>> {
    client.log_in(&name, secret).await
}

#[tauri::command]
async fn test_registry(client: Client<'_>, name: String, on_step: Channel<ConnectionStep>) -> Answer<Vec<RegistryView>> {
    client.test_registry(&name, &move |step| drop(on_step.send(step))).await
}

#[tauri::command]
async fn aws_profiles(client: Client<'_>) -> Answer<Vec<String>> {
    client.aws_profiles().await
}

#[tauri::command]
async fn start_embedded(client: Client<'_>) -> Answer<Vec<RegistryView>> {
    client.start_embedded().await
}

#[tauri::command]
async fn browse(client: Client<'_>, registry: String, request: BrowseRequest) -> Answer<BrowseView> {
    client.browse(Some(&registry), &request).await
}

#[tauri::command]
async fn sync(client: Client<'_>, registry: String, accept: bool) -> Answer<SyncView> {
    let synced = if accept { client.sync_confirmed(Some(&registry)).await } else { client.sync(Some(&registry)).await };
    let client = client.inner().clone();
    async_runtime::spawn(async move { client.look_after(Some(&registry)).await });
    synced
}

#[tauri::command]
async fn plugin(client: Client<'_>, registry: String, id: String, fresh: bool) -> Answer<PluginView> {
    client.plugin(Some(&registry), &id, fresh).await
}

#[tauri::command]
async fn readme(client: Client<'_>, registry: String, id: String, version: String) -> Answer<Option<String>> {
    client.readme(Some(&registry), &id, &version).await
}

#[tauri::command]
async fn files(client: Client<'_>, registry: String, id: String, version: String, platform: Option<String>) -> Answer<FilesView> {
    client.files(Some(&registry), &id, Some(&version), platform.as_deref()).await
}

#[tauri::command]
async fn file(
    client: Client<'_>,
    registry: String,
    id: String,
    version: String,
    platform: Option<String>,
    path: String,
) -> Answer<FileContentView> {
    client.file(Some(&registry), &id, &version, platform.as_deref(), &path).await
}

#[tauri::command]
async fn compare(
    client: Client<'_>,
    registry: String,
    id: String,
    old: String,
    new: String,
    platform: Option<String>,
    only: Vec<String>,
) -> Answer<DiffView> {
    client.compare(Some(&registry), &id, &old, &new, platform.as_deref(), &only).await
}

#[tauri::command]
async fn compare_folder(client: Client<'_>, registry: String, path: String, only: Vec<String>) -> Answer<DiffView> {
    client.compare_folder(Some(&registry), &path, None, &only).await
}

#[tauri::command]
async fn history(client: Client<'_>, registry: String, id: String, before: Option<u64>) -> Answer<HistoryView> {
    client.history(Some(&registry), &id, before).await
}

#[tauri::command]
async fn plugin_at(client: Client<'_>, registry: String, id: String, seq: u64) -> Answer<PluginView> {
    client.plugin_at(Some(&registry), &id, seq).await
}

#[tauri::command]
async fn compare_revisions(client: Client<'_>, registry: String, id: String, from: u64, to: u64) -> Answer<RevisionDiff> {
    client.compare_revisions(Some(&registry), &id, from, to).await
}

#[tauri::command]
async fn check_registry(client: Client<'_>, registry: String, quick: bool, repair: bool) -> Answer<JobView> {
    client.check_registry(Some(&registry), quick, repair).await
}

#[tauri::command]
async fn plan_cleaning(client: Client<'_>, registry: String) -> Answer<CleanPlan> {
    client.plan_cleaning(Some(&registry)).await
}

#[tauri::command]
async fn clean(client: Client<'_>, registry: String, orphans: Vec<OrphanView>) -> Answer<JobView> {
    client.clean(Some(&registry), orphans).await
}

/// Writes all revisions of the registry into a file of the person's choice.
#[tauri::command]
async fn audit(client: Client<'_>, shown: WebviewWindow, options: State<'_, Options>, registry: String) -> Answer<Option<AuditDone>> {
    match pick::file_to_save(&shown, &options, &format!("{registry}-audit.jsonl")).await {
        Some(to) => client.audit(Some(&registry), None, Path::new(&to)).await.map(Some),
        None => Ok(None),
    }
}

#[tauri::command]
async fn icon(client: Client<'_>, registry: String, id: String, digest: String) -> Answer<String> {
    client.icon(Some(&registry), &id, &digest).await
}

#[tauri::command]
async fn plan(client: Client<'_>, registry: String, id: String, change: ChangeRequest) -> Answer<ChangePlan> {
    client.plan(Some(&registry), &id, &change).await
}

#[tauri::command]
async fn apply(client: Client<'_>, registry: String, id: String, change: ChangeRequest) -> Answer<ChangeDone> {
    client.apply(Some(&registry), &id, &change).await
}

#[tauri::command]
async fn pick_folder(shown: WebviewWindow, options: State<'_, Options>) -> Answer<Option<String>> {
    Ok(pick::folder(&shown, &options).await)
}

#[tauri::command]
async fn pick_archive(shown: WebviewWindow, options: State<'_, Options>) -> Answer<Option<String>> {
    Ok(pick::archive(&shown, &options).await)
}

#[tauri::command]
async fn inspect(client: Client<'_>, registry: String, request: PublishRequest) -> Answer<PublishPlan> {
    client.inspect_all(Some(&registry), &request).await
}

#[tauri::command]
async fn fix(client: Client<'_>, path: String, fix: FixView) -> Answer<()> {
    client.fix(path.as_ref(), &fix)
}

#[tauri::command]
async fn publish(client: Client<'_>, registry: String, request: PublishRequest) -> Answer<JobView> {
    client.publish(Some(&registry), request).await
}

#[tauri::command]
async fn download(
    client: Client<'_>,
    shown: WebviewWindow,
    options: State<'_, Options>,
    registry: String,
    id: String,
    version: String,
    platform: String,
) -> Answer<Option<JobView>> {
    match pick::file_to_save(&shown, &options, &format!("{id}-{version}.zip")).await {
        Some(to) => client.download(Some(&registry), &id, &version, Some(&platform), Path::new(&to)).await.map(Some),
        None => Ok(None),
    }
}

#[tauri::command]
async fn jobs(client: Client<'_>) -> Answer<Vec<JobView>> {
    client.jobs()
}

#[tauri::command]
async fn cancel_job(client: Client<'_>, id: String) -> Answer<()> {
    client.cancel_job(&id)
}

#[tauri::command]
async fn resume_job(client: Client<'_>, id: String) -> Answer<JobView> {
    client.resume_job(&id).await
}

#[tauri::command]
async fn open_link(url: String) -> Answer<()> {
    Ok(link::open(&url)?)
}

/// Closes the window although work is running. The jobs can be resumed.
#[tauri::command]
async fn close_anyway(shown: WebviewWindow) {
    let _ = shown.destroy();
}

/// The page calls it when it has painted.
#[tauri::command]
async fn show_window(shown: WebviewWindow) {
    window::raise(&shown);
}
