//! Credentials from the chosen source and from no other; and secrets that show up nowhere.

use std::{fs, path::Path};

use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::config::SharedHttpClient;
use patchbay_client::{
    credentials::{
        CredentialsError, Identity, Keychain, KeychainFault, MemoryKeychain, OsKeychain, aws_profiles, from_secret, identity, provider,
    },
    environment::Environment,
    home::Home,
    registries::{Profile, Profiles},
    settings,
    wire::{Code, CredentialSource, RegistryInput, Secret, Settings, WireError},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const CANARY: &str = "canary/Tr0ub4dor+3";

fn registry(credentials: CredentialSource) -> Profile {
    let input = RegistryInput {
        name: "main".into(),
        bucket: Some("plugins".into()),
        prefix: None,
        endpoint: None,
        region: None,
        url: None,
        credentials,
        create: false,
    };
    Profile::try_from(&input).unwrap()
}

fn of_profile(name: &str) -> Profile {
    registry(CredentialSource::Profile { name: name.into() })
}

fn secret() -> Secret {
    Secret { access_key_id: "AKIAKEYCHAIN".into(), secret_access_key: CANARY.into(), session_token: Some(format!("token-{CANARY}")) }
}

fn http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

/// Surroundings that offer every source at once, so that a fallback would find something.
fn surroundings(folder: &Path, config: &str, credentials: &str) -> Environment {
    let aws = folder.join(".aws");
    fs::create_dir_all(&aws).unwrap();
    fs::write(aws.join("config"), config).unwrap();
    fs::write(aws.join("credentials"), credentials).unwrap();
    Environment::default()
        .with_home_dir(folder)
        .with("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
        .with("AWS_SECRET_ACCESS_KEY", CANARY)
        .with("AWS_SESSION_TOKEN", &format!("token-{CANARY}"))
}

async fn key_id(profile: &Profile, environment: &Environment, keychain: &dyn Keychain) -> Result<String, CredentialsError> {
    let identity = provider(profile, environment, keychain, &http()).await?;
    identity.check().await?;
    Ok(identity.provider.provide_credentials().await.unwrap().access_key_id().to_owned())
}

#[tokio::test]
async fn each_source_gives_its_own_key_and_never_another() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[profile empty]\nregion = eu-central-1\n[profile process]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"AKIAPROCESS\",\"SecretAccessKey\":\"x\"}'\n";
    let environment = surroundings(
        folder.path(),
        config,
        "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = x\n[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = x\n",
    );
    let full = MemoryKeychain::default();
    full.set("main", &secret()).await.unwrap();
    let empty = MemoryKeychain::default();

    assert_eq!(key_id(&registry(CredentialSource::Keychain), &environment, &full).await.unwrap(), "AKIAKEYCHAIN");
    assert_eq!(key_id(&registry(CredentialSource::Environment), &environment, &full).await.unwrap(), "AKIAENVIRONMENT");
    assert_eq!(key_id(&of_profile("work"), &environment, &full).await.unwrap(), "AKIAWORK");
    if cfg!(unix) {
        assert_eq!(key_id(&of_profile("process"), &environment, &full).await.unwrap(), "AKIAPROCESS");
    }

    let error = key_id(&registry(CredentialSource::Keychain), &environment, &empty).await.unwrap_err();
    assert_eq!(error, CredentialsError::NotStored { registry: "main".into() });
    let bare = Environment::default().with_home_dir(folder.path());
    let error = key_id(&registry(CredentialSource::Environment), &bare, &full).await.unwrap_err();
    assert_eq!(error, CredentialsError::NotInEnvironment { variable: "AWS_ACCESS_KEY_ID" });
    let half = bare.with("AWS_ACCESS_KEY_ID", "AKIA");
    let error = key_id(&registry(CredentialSource::Environment), &half, &full).await.unwrap_err();
    assert_eq!(error, CredentialsError::NotInEnvironment { variable: "AWS_SECRET_ACCESS_KEY" });
    let error = WireError::from(key_id(&of_profile("empty"), &environment, &full).await.unwrap_err());
    assert_eq!((error.code, error.message.as_str()), (Code::Credentials, "The AWS profile `empty` gave no credentials."));
    let error = WireError::from(key_id(&of_profile("wrok"), &environment, &full).await.unwrap_err());
    assert_eq!(error.message, "The AWS configuration has no profile called `wrok`.");
    assert_eq!(error.hint.as_deref(), Some("There are: default, empty, process, work."));
    assert!(matches!(key_id(&Profile::embedded("e").unwrap(), &environment, &full).await, Err(CredentialsError::Embedded)));
}

#[tokio::test]
async fn the_profiles_are_those_of_both_files() {
    let folder = tempfile::tempdir().unwrap();
    let environment = surroundings(
        folder.path(),
        "[default]\n[profile sso]\nsso_session = s\n[sso-session s]\nsso_region = x\n",
        "[keys]\naws_access_key_id = a\n",
    );
    assert_eq!(aws_profiles(&environment).await.unwrap(), ["default", "keys", "sso"]);
    fs::write(folder.path().join("other"), "[profile elsewhere]\nregion = x\n").unwrap();
    let environment = environment.with("AWS_CONFIG_FILE", "~/other").with("AWS_SHARED_CREDENTIALS_FILE", "/nowhere");
    assert_eq!(aws_profiles(&environment).await.unwrap(), ["elsewhere"]);
    assert!(aws_profiles(&Environment::default()).await.unwrap().is_empty());
    fs::write(folder.path().join("other"), format!("[profile x\n{CANARY}")).unwrap();
    let error = aws_profiles(&environment).await.unwrap_err();
    assert_eq!(error, CredentialsError::BadConfiguration);
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_credential_process_prints_is_not_passed_on() {
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "[profile p]\ncredential_process = echo '{CANARY}' >&2; echo '{CANARY}'; exit 3\n[profile s]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_region = eu-central-1\nsso_start_url = https://e.example\n"
    );
    let environment = surroundings(folder.path(), &config, "");
    let keychain = MemoryKeychain::default();
    let identity = provider(&of_profile("p"), &environment, &keychain, &http()).await.unwrap();
    let raw = identity.provider.provide_credentials().await.unwrap_err();
    assert!(CredentialsError::within(&raw).is_some(), "a caller of the SDK can find the typed error");
    let error = identity.check().await.unwrap_err();
    let wire = WireError::from(&error);
    assert_eq!(wire.message, "The AWS profile `p` gave no credentials.");
    assert_eq!(wire.hint.as_deref(), Some("Run the `credential_process` of the profile `p` yourself to see why."));
    let text = format!("{raw} {raw:?} {} {error:?} {wire:?} {identity:?}", aws_smithy_types_display(&raw));
    assert!(!text.contains("canary"), "{text}");

    let error = WireError::from(key_id(&of_profile("s"), &environment, &keychain).await.unwrap_err());
    assert_eq!(error.hint.as_deref(), Some("Sign in with `aws sso login --profile s`."));
}

/// The whole chain of sources, as the SDK's `DisplayErrorContext` prints it into logs.
fn aws_smithy_types_display(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(|error| format!("{error} {error:?} ")).collect()
}

#[tokio::test]
async fn a_keychain_keeps_one_pair_for_each_registry() {
    let keychain = MemoryKeychain::default();
    assert!(!keychain.delete("main").await.unwrap());
    keychain.set("main", &secret()).await.unwrap();
    keychain.set("main", &Secret { access_key_id: "NEW".into(), ..secret() }).await.unwrap();
    assert_eq!(keychain.get("main").await.unwrap().access_key_id, "NEW");
    assert!(keychain.get("other").await.is_err());
    assert!(keychain.delete("main").await.unwrap());
    let error = WireError::from(keychain.get("main").await.unwrap_err());
    assert_eq!(error.message, "The keychain holds no credentials for the registry `main`.");
    assert_eq!(error.hint.as_deref(), Some("Store them with `patchbay registry login main`."));
    let error = keychain.set("main", &Secret { secret_access_key: String::new(), ..secret() }).await.unwrap_err();
    assert_eq!(error, CredentialsError::Empty { field: "secret access key" });
}

/// On a machine without a session bus there is no Secret Service. The variables are those of a process, so this test runs itself again.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_a_session_bus_the_error_names_the_alternatives() {
    const CHILD: &str = "PATCHBAY_TEST_WITHOUT_BUS";
    if std::env::var_os(CHILD).is_some() {
        let keychain = OsKeychain::default();
        let answers =
            [keychain.get("main").await.map(drop), keychain.set("main", &secret()).await, keychain.delete("main").await.map(drop)];
        for answer in answers {
            let error = WireError::from(answer.unwrap_err());
            println!("told: {:?} {} {}", error.code, error.message, error.hint.unwrap());
        }
        return;
    }
    let test = "credentials::without_a_session_bus_the_error_names_the_alternatives";
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("XDG_RUNTIME_DIR", "/nonexistent")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let said = "told: Credentials There is no keychain here that Patchbay can use. Start a keychain, or use `--credentials environment` or \
                `--credentials profile:NAME` for this registry.";
    assert_eq!(text.lines().filter(|line| line.contains(said)).count(), 3, "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test]
async fn a_locked_keychain_names_the_alternatives_too() {
    for (fault, said) in [
        (KeychainFault::Locked, "The keychain is locked."),
        (KeychainFault::Silent, "The keychain does not answer; it may be waiting to be unlocked."),
    ] {
        let keychain = MemoryKeychain::at_fault(fault);
        let error = WireError::from(key_id(&registry(CredentialSource::Keychain), &Environment::default(), &keychain).await.unwrap_err());
        assert_eq!((error.code, error.message.as_str()), (Code::Credentials, said));
        let hint = "Unlock the keychain, or use `--credentials environment` or `--credentials profile:NAME` for this registry.";
        assert_eq!(error.hint.as_deref(), Some(hint));
    }
}

/// An STS that answers once; what it was asked comes back.
async fn sts(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 8 * 1024];
        let size = stream.read(&mut request).await.unwrap();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}", answer.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        String::from_utf8_lossy(&request[..size]).into_owned()
    });
    (address, asked)
}

fn ours() -> Identity {
    Identity { provider: from_secret(&secret(), "keychain"), source: CredentialSource::Keychain }
}

#[tokio::test]
async fn sts_says_who_we_are() {
    let answer = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
                  <Arn>arn:aws:iam::1:user/ada</Arn><UserId>U</UserId><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let (address, asked) = sts(answer).await;
    let environment = Environment::default().with("AWS_ENDPOINT_URL_STS", &address);
    let endpoint = "https://s3.example.com".parse().unwrap();
    let arn = identity(&ours(), Some("eu-central-1"), Some(&endpoint), &environment, &http()).await;
    assert_eq!(arn.as_deref(), Some("arn:aws:iam::1:user/ada"));
    let request = asked.await.unwrap();
    assert!(request.contains("AKIAKEYCHAIN/") && request.contains("/eu-central-1/sts/"), "{request}");

    let (address, _asked) = sts("<html>Sign in to the hotel</html>").await;
    let environment = Environment::default().with("AWS_ENDPOINT_URL_STS", &address);
    assert_eq!(identity(&ours(), None, None, &environment, &http()).await, None);
}

#[tokio::test]
async fn another_store_is_not_asked_who_we_are() {
    // Without a named STS nothing may leave the computer: a client that is used at all would fail the test.
    let nobody = aws_smithy_http_client::Builder::new()
        .build_with_connector_fn(|_, _| -> aws_smithy_http_client::Connector { panic!("it must not connect") });
    for endpoint in ["https://s3.example.com", "http://127.0.0.1:8333", "https://amazonaws.com.evil.example"] {
        let arn = identity(&ours(), None, Some(&endpoint.parse().unwrap()), &Environment::default(), &nobody).await;
        assert_eq!(arn, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_sts_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let environment = Environment::default().with("AWS_ENDPOINT_URL_STS", &format!("http://{}", listener.local_addr().unwrap()));
    let before = tokio::time::Instant::now();
    assert_eq!(identity(&ours(), None, None, &environment, &http()).await, None);
    assert!(before.elapsed() <= std::time::Duration::from_secs(4), "{:?}", before.elapsed());
}

/// Secrets are planted in every place that takes one, and then looked for in everything that comes out.
#[tokio::test]
async fn no_secret_comes_out_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path().join("home"));
    home.make().unwrap();
    let password = format!("http://ada:{}@127.0.0.1:9", "canary-password");
    let environment = surroundings(folder.path(), "", &format!("[keys]\naws_access_key_id = AKIA\naws_secret_access_key = {CANARY}\n"))
        .with("HTTPS_PROXY", &password)
        .with("http_proxy", "ada:canary-password@proxy:3128")
        .with("AWS_ENDPOINT_URL", &password)
        .with("AWS_CONTAINER_AUTHORIZATION_TOKEN", CANARY);
    let keychain = MemoryKeychain::default();
    keychain.set("main", &secret()).await.unwrap();

    let mut out = vec![format!("{:?} {environment:?} {:?} {keychain:?} {:?}", secret(), environment.proxies(), OsKeychain::default())];
    let sources = [CredentialSource::Keychain, CredentialSource::Environment, CredentialSource::Profile { name: "keys".into() }];
    for source in sources {
        let profile = registry(source.clone());
        let identity = provider(&profile, &environment, &keychain, &http()).await.unwrap();
        let credentials = identity.provider.provide_credentials().await.unwrap();
        assert_eq!(credentials.secret_access_key(), CANARY, "the secret is there, so it could come out");
        out.push(format!("{identity:?} {credentials:?} {profile:?} {:?}", profile.view(true, Path::new("/"))));
        Profiles::change(&home, |profiles| {
            if profiles.get(Some("main")).is_ok() {
                profiles.remove("main")?;
            }
            profiles.add(profile)
        })
        .unwrap();
    }
    for endpoint in [password.as_str(), "https://e.example/?token=canary", "canary"] {
        let input = RegistryInput {
            name: "a".into(),
            bucket: Some("b".into()),
            prefix: None,
            endpoint: Some(endpoint.into()),
            region: None,
            url: None,
            credentials: CredentialSource::Keychain,
            create: false,
        };
        let error = Profile::try_from(&input).unwrap_err();
        out.push(format!("{error} {error:?} {:?}", WireError::from(&error)));
    }
    settings::save(&home, &Settings { actor: "Ada".into(), ..Settings::default() }).unwrap();
    for file in [home.registries(), home.settings()] {
        fs::write(&file, fs::read_to_string(&file).unwrap()).unwrap();
        out.push(fs::read_to_string(&file).unwrap());
        // Somebody pastes a secret into a file: the error that names the file does not repeat it.
        fs::write(&file, format!("{{\"version\":\"{CANARY}\",\"actor\":{{\"{CANARY}\":1}}}}")).unwrap();
    }
    let errors = [Profiles::load(&home).unwrap_err(), settings::load(&home).unwrap_err()];
    out.extend(errors.iter().map(|error| format!("{error} {error:?} {:?}", WireError::from(error))));
    for text in out {
        assert!(!text.contains("canary"), "{text}");
    }
}
