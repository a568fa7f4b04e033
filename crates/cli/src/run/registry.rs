//! `registry add|list|test|login|default|remove`

use std::sync::{Mutex, PoisonError};

use patchbay_client::wire::{Code, ConnectionStep, CredentialSource, RegistryInput, RegistryView, StepState};
use serde_json::json;

use super::Context;
use crate::{
    answer::{Answer, Failure, Outcome, error},
    args::{Add, RegistryVerb},
    interrupt::or_stop,
    print::registries,
    progress::Progress,
    prompt,
};

pub(super) async fn run(context: &Context, verb: RegistryVerb) -> Outcome {
    let app = &context.app;
    match verb {
        RegistryVerb::Add(asked) => add(context, asked).await,
        RegistryVerb::List => {
            let known = app.registries()?;
            if known.is_empty() {
                context.console.note("No registry was added yet; the one on this computer is used.");
            }
            Ok(answer(&known))
        }
        RegistryVerb::Test { name } => test(context, name).await,
        RegistryVerb::Login { name, key } => {
            let secret = prompt::key(&name, key, context.no_input)?;
            or_stop(async { Ok(answer(&app.log_in(&name, secret).await?)) }).await
        }
        RegistryVerb::Default { name } => Ok(answer(&app.set_default_registry(&name)?)),
        RegistryVerb::Remove { name } => or_stop(async { Ok(answer(&app.remove_registry(&name).await?)) }).await,
    }
}

fn answer(known: &[RegistryView]) -> Answer {
    Answer::new(&json!({ "registries": known }), registries::list(known))
}

async fn add(context: &Context, asked: Add) -> Outcome {
    let credentials = asked.source();
    let secret = match credentials {
        CredentialSource::Keychain => Some(prompt::key(&asked.name, asked.key, context.no_input)?),
        _ if asked.key.key_stdin => {
            let message = "Only the keychain takes a key; --key-stdin goes with `--credentials keychain`.";
            return Err(error(Code::Usage, "key_not_taken", message, "Leave out --key-stdin, or the other source.").into());
        }
        _ => None,
    };
    let Add { name, bucket, prefix, endpoint, region, url, create, .. } = asked;
    let test = format!("Test it with: patchbay registry test {name}");
    let input = RegistryInput { name, bucket, prefix, endpoint, region, url, credentials, create };
    let known = or_stop(async { Ok(context.app.add_registry(input, secret).await?) }).await?;
    context.console.note(&test);
    Ok(answer(&known))
}

/// Tests the registry that is named here, or by `--registry`, or the default.
async fn test(context: &Context, name: Option<String>) -> Outcome {
    let known = context.app.registries()?;
    let default = || known.iter().find(|registry| registry.is_default).map(|registry| registry.name.clone());
    let name = name.or_else(|| context.registry.clone()).or_else(default).unwrap_or_else(|| patchbay_client::EMBEDDED.to_owned());
    let told = Mutex::new(Vec::<ConnectionStep>::new());
    let progress = Progress::new(context.console);
    let on_step = |step: ConnectionStep| match step.state {
        StepState::Running => progress.step(step.name),
        _ => told.lock().unwrap_or_else(PoisonError::into_inner).push(step),
    };
    or_stop(async { Ok(context.app.test_registry(&name, &on_step).await?) }).await?;
    drop(progress);
    let mut steps = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    steps.sort_by_key(|step| step.name);
    let page = registries::steps(&steps);
    let failed = steps.iter().find_map(|step| match &step.state {
        StepState::Failed { error } => Some(error.clone()),
        _ => None,
    });
    match failed {
        Some(error) => Err(Box::<Failure>::from(error).with("registry", &name).with("steps", &steps).after(page)),
        None => Ok(Answer::new(&json!({ "registry": name, "steps": steps }), page)),
    }
}
