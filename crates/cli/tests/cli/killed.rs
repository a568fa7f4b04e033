//! SIGKILL at each request of a command, before the store does it and after: the next person works at once, and the same
//! command or `resume` does what is left. A command has no effect that others see but by its requests, so these are all the
//! points at which it can end, and nothing had to be compiled into it to stop there.

use patchbay_testkit::wire::{Gate, Mishap, Wire};
use serde_json::Value;

use crate::support::{Computer, Served};

struct World {
    _host: Computer,
    served: Served,
    wire: Wire,
    ada: Computer,
    eve: Computer,
}

impl World {
    async fn new() -> Self {
        let host = Computer::new();
        let served = host.serve();
        let wire = Wire::start(&served.endpoint).await.unwrap();
        let (ada, added) = served.user(&wire.endpoint, &["--create"]);
        added.ok();
        let (eve, added) = served.user(&served.endpoint, &[]);
        added.ok();
        Self { _host: host, served, wire, ada, eve }
    }

    fn publish(&self, id: &str, version: &str) {
        let folder = self.ada.plugin(id, version);
        self.ada.run(&["publish", &folder]).ok();
    }

    /// The revisions of a plugin, newest first, as somebody else sees them.
    fn history(&self, id: &str) -> Vec<Value> {
        self.eve.json(&["history", id])["revisions"].as_array().unwrap().clone()
    }

    /// How many requests a command makes.
    fn requests(&self, args: &[&str]) -> usize {
        self.wire.forget();
        self.ada.run(args).ok();
        let count = self.wire.requests().len();
        self.wire.forget();
        count
    }

    /// Starts a command and kills it when its request stands at the gate.
    async fn killed(&self, args: &[&str], index: usize, mishap: fn(Gate) -> Mishap) {
        self.wire.forget();
        let gate = Gate::default();
        self.wire.strike(index, mishap(gate.clone()));
        let mut child = self.ada.command(args).spawn().unwrap();
        gate.reached().await;
        child.kill().unwrap();
        child.wait().unwrap();
        gate.open();
        self.wire.forget();
    }
}

/// A side of a request, by name.
type Side = (&'static str, fn(Gate) -> Mishap);

const SIDES: [Side; 2] = [("before", Mishap::Held), ("after", Mishap::AnswerHeld)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_request_of_a_publish() {
    let world = World::new().await;
    world.publish("probe", "1.0.0");
    let folder = world.ada.plugin("probe", "1.1.0");
    let requests = world.requests(&["publish", &folder]);
    assert!(requests >= 8, "{requests}");
    for index in 0..requests {
        for (side, mishap) in SIDES {
            let id = format!("plugin-{index}-{side}");
            world.publish(&id, "1.0.0");
            let folder = world.ada.plugin(&id, "1.1.0");
            world.killed(&["publish", &folder, "--quiet"], index, mishap).await;
            // The next person.
            let theirs = world.eve.plugin(&id, "1.2.0");
            world.eve.run(&["publish", &theirs]).ok();
            let jobs = world.ada.json(&["jobs"]);
            let job = &jobs["jobs"][0];
            assert_eq!(job["status"]["state"], "interrupted", "{id}: {job}");
            // Both words for it do the same.
            let words = if index % 2 == 0 { &["publish", "--resume"][..] } else { &["resume"] };
            world.ada.run(&[words, &[job["id"].as_str().unwrap()]].concat()).ok();
            let history = world.history(&id);
            assert_eq!(history.len(), 3, "{id}: {history:?}");
        }
    }
    let left: Vec<_> = std::fs::read_dir(world.ada.home().join("cache/temporary")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.is_empty(), "a killed program's packages are removed by the next: {left:?}");
    drop(world.served);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_request_of_a_rollback() {
    let world = World::new().await;
    let rollback = |id: &str| -> Vec<String> { ["rollback", id, "--to", "1.0.0", "--reason", "It leaks."].map(str::to_owned).to_vec() };
    let two = |id: &str| {
        world.publish(id, "1.0.0");
        world.publish(id, "1.1.0");
    };
    two("probe");
    let args = rollback("probe");
    let requests = world.requests(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(requests >= 4, "{requests}");
    for index in 0..requests {
        for (side, mishap) in SIDES {
            let id = format!("plugin-{index}-{side}");
            two(&id);
            let args = rollback(&id);
            let args: Vec<_> = args.iter().map(String::as_str).collect();
            world.killed(&args, index, mishap).await;
            let theirs = world.eve.plugin(&id, "1.2.0");
            world.eve.run(&["publish", &theirs, "--channel", "beta"]).ok();
            // Again: it is done, or it is done already.
            let again = world.ada.run(&args);
            let history = world.history(&id);
            let rollbacks = history.iter().filter(|revision| revision["kind"] == "rollback").count();
            assert_eq!((rollbacks, history.len()), (1, 4), "{id}: {again:?} {history:?}");
        }
    }
    drop(world.served);
}
