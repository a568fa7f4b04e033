//! Registries, keys and the network.

use std::{fs, net::TcpListener};

use crate::support::{Computer, files};

#[test]
fn without_a_keychain_there_is_a_clear_answer() {
    let computer = Computer::new().with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    computer.run_with("AKID\nSECRET\n", &["registry", "add", "team", "--bucket", "plugins", "--key-stdin"]).failed(
        4,
        "error: There is no keychain here that Patchbay can use.\n\
         hint: Start a keychain, or use `--credentials environment` or `--credentials profile:NAME` for this registry.\n",
    );
    assert_eq!(computer.json(&["registry", "list"])["registries"], serde_json::json!([]), "nothing was added");
}

#[test]
fn a_key_is_never_waited_for_where_nobody_is() {
    let computer = Computer::new();
    let told = "error: No key was given for team, and nobody can be asked.\n\
        hint: Pipe it in with --key-stdin, or use `--credentials environment` or `--credentials profile:NAME`.\n";
    let add = ["registry", "add", "team", "--bucket", "plugins"];
    computer.run(&add).failed(4, told);
    computer.run(&[&add[..], &["--no-input"]].concat()).failed(4, told);
    computer.run(&["registry", "login", "team", "--no-input"]).failed(4, told);
    computer.run_with("AKID\n", &[&add[..], &["--key-stdin"]].concat()).failed(
        4,
        "error: This is not a key: the access key id or the secret is missing.\n\
         hint: Give the access key id on the first line and the secret on the second; a session token goes on the third.\n",
    );
    computer.run_with("AKID\nSECRET\n", &[&add[..], &["--credentials", "environment", "--key-stdin"]].concat()).failed(
        2,
        "error: Only the keychain takes a key; --key-stdin goes with `--credentials keychain`.\n\
         hint: Leave out --key-stdin, or the other source.\n",
    );
}

#[test]
fn registries_come_and_go() {
    let computer = Computer::new().with("AWS_ENDPOINT_URL_S3", "https://s3.lab.example").with("AWS_REGION", "eu-west-1");
    let ran = computer.run_with("", &["registry", "add", "team", "--bucket", "plugins", "--credentials", "profile:work"]).ok();
    assert_eq!(ran.stderr, "Test it with: patchbay registry test team\n");
    computer.run(&["registry", "add", "public", "--url", "https://plugins.example.com/a"]).ok();
    computer.run(&["registry", "default", "public"]).ok();
    let ran = computer.run(&["registry", "list"]).ok();
    assert_eq!(
        ran.stdout,
        "   NAME    LOCATION                  CREDENTIALS   ACCESS\n   \
            team    plugins · s3.lab.example  profile work  not tested\n\
         *  public  plugins.example.com       none needed   read only: plugins.example.com is a public URL, which can only be read.\n"
    );
    computer.run(&["registry", "remove", "public"]).ok();
    let known = computer.json(&["registry", "list"])["registries"].clone();
    assert_eq!(known.as_array().unwrap().len(), 1);
    assert_eq!((&known[0]["endpoint"], &known[0]["region"]), (&"https://s3.lab.example".into(), &"eu-west-1".into()));
    let folder = computer.plugin("weather-card", "1.0.0");
    computer
        .run(&["publish", &folder])
        .failed(4, "error: The AWS configuration has no profile called `work`.\nhint: Make one with `aws configure --profile NAME`.\n");
    let unknown = "error: No registry called `nope` is known.\nhint: Known are: team.\n";
    for verb in ["remove", "default", "test"] {
        computer.run(&["registry", verb, "nope"]).failed(3, unknown);
    }
    computer.run_with("AKID\nSECRET\n", &["registry", "login", "nope", "--key-stdin"]).failed(3, unknown);
}

#[test]
fn wrong_input_for_a_registry() {
    let computer = Computer::new();
    let add = |more: &[&str]| computer.run(&[&["registry", "add", "team", "--credentials", "environment"], more].concat());
    add(&["--bucket", "s3://plugins"]).failed(
        2,
        "error: `s3://plugins` cannot be the name of a bucket.\nhint: Use the bucket's own name: no `/`, no spaces, no `s3://` in front.\n",
    );
    add(&["--bucket", "plugins", "--endpoint", "https://user:hunter2@s3.example"]).failed(
        2,
        "error: The endpoint has a user name or password in it.\nhint: Leave the user name or password out; secrets belong in the keychain.\n",
    );
    add(&["--bucket", "plugins"]).ok();
    add(&["--bucket", "plugins"])
        .failed(5, "error: A registry called `team` is already known.\nhint: Choose another name, or remove the known one first.\n");
    let ran = computer.run(&["registry", "add", "b", "--bucket", "b", "--credentials", "magic"]);
    assert_eq!(ran.code, 2);
    let told = "error: invalid value 'magic' for '--credentials <SOURCE>': choose keychain, environment or profile:NAME\n";
    assert!(ran.stderr.starts_with(told), "{ran:#?}");
    computer.run(&["search"]).failed(
        4,
        "error: AWS_ACCESS_KEY_ID is not set.\n\
         hint: Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose another source with `--credentials`.\n",
    );
}

/// The address of a port on which nobody listens.
fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Whether a text stands in any file of a computer's home.
#[track_caller]
fn in_no_file(computer: &Computer, text: &str) {
    for path in files(&computer.home()) {
        assert!(!String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(text), "{}", path.display());
    }
}

#[test]
fn an_endpoint_that_cannot_be_reached() {
    let computer = Computer::new().with("AWS_ACCESS_KEY_ID", "AKID").with("AWS_SECRET_ACCESS_KEY", "canary-7d41");
    let endpoint = closed_port();
    computer.run(&["registry", "add", "far", "--bucket", "plugins", "--endpoint", &endpoint, "--credentials", "environment"]).ok();
    let told = format!(
        "error: {endpoint} cannot be reached: the connection was refused.\nhint: Check the network and the endpoint, then try again.\n"
    );
    computer.run(&["search"]).failed(6, &told);
    computer.run(&["show", "weather-card"]).failed(6, &told);
    let folder = computer.plugin("weather-card", "1.0.0");
    computer.run(&["publish", &folder]).failed(6, &told);
    computer.run(&["rollback", "weather-card", "--to", "1.0.0", "--reason", "x"]).failed(6, &told);
    let ran = computer.run(&["registry", "test"]);
    assert_eq!(ran.code, 6, "{ran:#?}");
    assert!(ran.stdout.contains(" failed "), "{ran:#?}");
    let told = computer.json(&["registry", "test", "far"]);
    assert_eq!((&told["error"]["code"], &told["registry"]), (&"network".into(), &"far".into()));
    assert_eq!(told["steps"].as_array().unwrap().len(), 6);
    in_no_file(&computer, "canary-7d41");
}

#[test]
fn a_bucket_is_shared_by_several_computers() {
    let owner = Computer::new();
    let served = owner.serve();
    assert!(!served.said.contains(&served.secret_access_key), "the key is never printed");
    let (author, added) = served.user(&served.endpoint, &["--create", "--prefix", "team"]);
    added.ok();
    author.publish("1.0.0");
    author.publish("1.1.0");
    let (admin, added) = served.user(&served.endpoint, &["--prefix", "team"]);
    added.ok();
    admin.run(&["registry", "test"]).ok();
    admin.run(&["rollback", "weather-card", "--to", "1.0.0", "--reason", "leaks"]).ok();
    assert_eq!(author.json(&["show", "weather-card"])["card"]["version"], "1.0.0");
    let saved = author.run(&["download", "weather-card@1.1.0", "-o", "a.zip"]).ok();
    assert!(saved.stdout.starts_with("Saved weather-card 1.1.0 as "), "{saved:#?}");

    // The registry goes away; what was known of it is still there, and says so.
    drop(served);
    author.run(&["search", "weather"]).ok();
    let ran = author.run(&["search", "weather"]).ok();
    assert!(ran.stdout.contains("weather-card"), "{ran:#?}");
    assert!(ran.stderr.starts_with("warning: This is the state of "), "{ran:#?}");
    let ran = author.run(&["show", "weather-card"]).ok();
    assert!(ran.stderr.contains("cannot be reached: the connection was refused."), "{ran:#?}");
}

#[test]
fn a_bucket_that_is_not_a_registry() {
    let owner = Computer::new();
    let served = owner.serve();
    let (user, added) = served.user(&served.endpoint, &["--prefix", "elsewhere"]);
    added.ok();
    let told = "error: patchbay/elsewhere is not a registry: it has no registry.json.\n\
        hint: Check the bucket and the prefix; to turn an empty bucket into a registry, add it with `--create`.\n";
    user.run(&["search"]).failed(3, told);
    let folder = user.plugin("weather-card", "1.0.0");
    user.run(&["publish", &folder]).failed(3, told);
    let ran = user.run(&["registry", "test"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (3, told), "{ran:#?}");
}

#[test]
fn a_key_that_the_store_does_not_accept() {
    let owner = Computer::new();
    let served = owner.serve();
    let wrong = Computer::new().with("AWS_ACCESS_KEY_ID", &served.access_key_id).with("AWS_SECRET_ACCESS_KEY", "canary-90fe");
    let add = ["registry", "add", "team", "--bucket", &served.bucket, "--endpoint", &served.endpoint, "--credentials", "environment"];
    wrong.run(&add).ok();
    wrong.run(&["search"]).failed(
        4,
        "error: The store does not accept this access key.\n\
         hint: Check the key with whoever gave it to you, then run `patchbay registry login`.\n",
    );
    let ran = wrong.run(&["registry", "test"]);
    assert_eq!(ran.code, 4, "{ran:#?}");
    assert!(!format!("{ran:?}").contains("canary-90fe"));
    in_no_file(&wrong, "canary-90fe");
}
