use clap::{Args as _, Parser, Subcommand as _};

use super::*;

#[derive(Debug, Parser)]
struct Program {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: ClientCommand,
}

fn parse(line: &str) -> Result<Program, String> {
    let words = std::iter::once("gennaker").chain(line.split_whitespace());
    Program::try_parse_from(words).map_err(|error| error.to_string())
}

#[test]
fn the_commands_are_well_formed() {
    let program = clap::Command::new("gennaker").version("1").propagate_version(true);
    ClientCommand::augment_subcommands(Global::augment_args(program)).debug_assert();
}

#[test]
fn right_usage_is_understood() {
    for line in [
        "app list",
        "app save --name shop --email a@example.com",
        "app save --file -",
        "app list --gate prod -o yaml -k --no-color --task-timeout 5 --default-headers a=b,c=d",
        "application list --gate-endpoint http://localhost:8084 --retry-timeout 60",
        "context use prod",
        "application save -a shop --owner-email a@example.com --cloud-providers local --cloud-providers aws",
        "pipelines ls -a shop",
        "pipeline update -a shop -n deploy --disabled=false",
        "pipeline update -a shop -n deploy --enabled",
        "pipeline exec -a shop -n deploy -f p.yml -t a.yml --parameter a=b",
        "pipeline execution list -i P --limit 5",
        "pipeline history -a shop -n deploy --diff",
        "pipeline watch -a shop -n deploy --timeout 5",
        "execution restart E --stage 2 --wait",
        "pipeline-templates get --id deploy --tag stable",
        "pt use deploy -a shop -n deploy -t stable --set a=b,c=d --values v.yml",
        "pipeline-template versions",
        "project get-pipelines shop",
        "prj delete -n shop",
        "account whoami",
        "artifact fetch --type http/file --account web --reference x",
        "search web --type applications,projects",
        "export dir --application shop --kind pipeline,application --format json --force",
        "import dir --front50 http://localhost:8080 --prune --dry-run",
        "admin hydrate E --dry-run",
        "admin force-cancel E --type orchestration",
        "app get shop --output json --gate https://gate.example.com/api",
        "pipeline execute -a shop -n deploy -p a=b -p c= --wait --timeout 60 --idempotency-key k",
        "execution list --application shop --status running,PAUSED --status TERMINAL",
        "execution judge E continue",
        "execution judge E --stage 2 stop --input no",
        "execution cancel E --reason why -q",
        "execution watch E --timeout 1",
        "execution replay E",
        "execution replay E --export e.json --redact",
        "execution replay --file e.json --output json",
        "doctor execution E",
        "pipeline plan p.yml -p a=b",
        "pipeline plan -a shop -n deploy -p a=b -p c=",
        "expression eval 1+1",
        "expression eval ${a} --execution E --stage 2 --user ann --strict --allow-fetch --output json",
        "expression eval ${a} -f - --stage Bake",
        "expression eval --context c.yml -- -a",
    ] {
        assert!(parse(line).is_ok(), "{line}: {:?}", parse(line));
    }
}

#[test]
fn wrong_usage_says_what_is_wrong() {
    for (line, expected) in [
        ("app", "list"),
        ("app save", "--file"),
        ("app get", "<NAME>"),
        ("app list --gate localhost:8084", "write for example http://localhost:8084"),
        ("app list --gate ftp://gate", "write for example http://localhost:8084"),
        ("app list --output xml", "possible values: table, json, yaml"),
        ("app list --default-headers colour", "NAME=VALUE"),
        ("app lst", "list"),
        ("pipeline get --application shop", "--name"),
        ("pipeline save", "--file"),
        ("pipeline execute -a shop -n deploy --parameter colour", "NAME=VALUE"),
        ("pipeline execute -a shop -n deploy --timeout 5", "--wait"),
        ("pipeline execute -a shop -n deploy --wait --timeout 0", "0 is not in"),
        ("execution list", "<--application <APPLICATION>|--pipeline-id <ID>>"),
        ("pipeline update -a shop -n p", "<--disabled[=<DISABLED>]|--enabled[=<ENABLED>]>"),
        ("pipeline excute -a shop -n p", "'execute'"),
        ("pipline list", "'pipeline'"),
        ("pipeline-template get", "<ID"),
        ("pipeline-template get a --tag b --digest c", "64 hexadecimal digits"),
        ("export", "<FOLDER>"),
        ("import dir --kind pipelines", "possible values: application, service-account"),
        ("import dir --front50 x", "write for example"),
        ("project get", "<NAME"),
        ("artifact fetch --account a", "--file"),
        ("search", "<QUERY>"),
        ("execution list -a shop --status DONE", "there is no such status"),
        ("execution judge E", "<DECISION>"),
        ("execution judge E perhaps", "possible values: continue, stop"),
        ("execution watch", "<ID>"),
        ("execution replay", "<ID|--file <FILE>>"),
        ("execution replay E --file e.json", "cannot be used with"),
        ("execution replay E --redact", "--export"),
        ("execution replay --file e.json --export f.json", "cannot be used with"),
        ("doctor", "execution"),
        ("doctor execution", "<ID>"),
        ("pipeline plan", "<FILE|--application <APPLICATION>>"),
        ("pipeline plan -a shop", "--name"),
        ("pipeline plan p.json -a shop -n deploy", "cannot be used with"),
        ("pipeline plan p.json -p colour", "NAME=VALUE"),
        ("expression eval", "<EXPRESSION>"),
        ("expression eval a --stage 1", "--execution <ID>|--file <FILE>|--context <FILE>"),
        ("expression eval a --context c.json --stage 1", "cannot be used with"),
        ("expression eval a --execution E --file e.json", "cannot be used with"),
        ("expression eval a b", "unexpected argument 'b'"),
    ] {
        let said = parse(line).expect_err(line);
        assert!(said.contains(expected), "{line}: {said}");
    }
}
