//! Ctrl-C: before the commit nothing became visible; after it, nobody is told that it failed.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
};

use crate::support::{Computer, interrupt, proxy::Proxy};

/// An endpoint that takes connections and says nothing, and a computer that knows it.
fn silent() -> (TcpListener, Computer) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let computer = Computer::new().with("AWS_ACCESS_KEY_ID", "AKID").with("AWS_SECRET_ACCESS_KEY", "SECRET");
    computer.run(&["registry", "add", "slow", "--bucket", "plugins", "--endpoint", &endpoint, "--credentials", "environment"]).ok();
    (listener, computer)
}

#[test]
fn looking_is_given_up_at_once() {
    let (listener, computer) = silent();
    let child = computer.command(&["search", "--quiet"]).spawn().unwrap();
    let _connection = listener.accept().unwrap();
    interrupt(child.id());
    computer.ran(child).failed(130, "error: Interrupted; nothing was changed.\n");
}

#[test]
fn a_publish_is_cancelled_before_its_commit() {
    let (listener, computer) = silent();
    let folder = computer.plugin("weather-card", "1.0.0");
    let child = computer.command(&["publish", &folder, "--quiet"]).spawn().unwrap();
    let _connection = listener.accept().unwrap();
    interrupt(child.id());
    computer.ran(child).failed(130, "error: Cancelled; nothing became visible.\n");
    assert_eq!(computer.json(&["jobs"])["jobs"][0]["status"]["state"], "cancelled");
}

#[test]
fn the_second_ctrl_c_leaves_at_once() {
    let (listener, computer) = silent();
    let mut child = computer.command(&["rollback", "weather-card", "--to", "1.0.0", "--reason", "x"]).spawn().unwrap();
    let _connection = listener.accept().unwrap();
    interrupt(child.id());
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(line, "The change is under way; waiting for the registry. Ctrl-C again leaves without knowing.\n");
    interrupt(child.id());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(
        rest,
        "error: It is not known whether weather-card was changed: the registry had not answered yet.\n\
         hint: See what stands there with `patchbay history weather-card`.\n"
    );
    assert_eq!(child.wait().unwrap().code(), Some(9));
}

#[test]
fn a_publish_whose_answer_was_lost_is_unknown_until_it_is_resumed() {
    let owner = Computer::new();
    let served = owner.serve();
    let proxy = Proxy::before(&served.endpoint, "PUT /patchbay/plugins/");
    let (author, added) = served.user(&proxy.endpoint, &["--create"]);
    added.ok();
    let folder = author.plugin("weather-card", "1.0.0");
    let child = author.command(&["publish", &folder, "--json", "--quiet"]).spawn().unwrap();
    proxy.cut.recv().unwrap();
    interrupt(child.id());
    let ran = author.ran(child);
    assert_eq!(ran.code, 9, "{ran:#?}");
    let told = ran.json();
    assert_eq!(told["error"]["code"], "unknown_outcome");
    assert_eq!(told["job"]["status"]["state"], "unknown");
    let operation = told["job"]["id"].as_str().unwrap();
    assert!(told["error"]["hint"].as_str().unwrap().contains(&format!("patchbay resume {operation}")), "{told:#}");

    proxy.mend();
    let ran = author.run(&["publish", "--resume", operation]).ok();
    assert!(ran.stdout.starts_with("Published weather-card 1.0.0 to team.\n"), "{ran:#?}");
    let history = author.json(&["history", "weather-card"]);
    assert_eq!(history["revisions"].as_array().unwrap().len(), 1, "it was live already, and was not done twice: {history:#}");
    assert_eq!(history["revisions"][0]["op"], operation);
    assert_eq!(author.json(&["jobs"])["jobs"][0]["status"]["state"], "done");
    author.run(&["resume", operation]).failed(5, &format!("error: The job `{operation}` is done.\nhint: There is nothing left to do.\n"));
}

#[test]
fn serving_ends_well() {
    let computer = Computer::new();
    let mut served = computer.serve();
    interrupt(served.id());
    assert_eq!(served.wait(), Some(0));
}
