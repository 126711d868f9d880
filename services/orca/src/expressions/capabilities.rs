//! What expressions may call, for forms that offer it while one is written: upstream's `CapabilitiesService`.

use serde_json::{Value, json};

type Parameter = (&'static str, &'static str, &'static str);

const VALUE: Parameter = ("value", "the text", "String");
const NAME: Parameter = ("idOrName", "a stage, by its name or id", "String");
const URL: Parameter = ("url", "where it is", "String");
const PIPELINE: Parameter = ("pipelineName", "a pipeline, by its name", "String");

/// Name, what it does, and its parameters as name, meaning and type. The execution, which nobody writes, is left out.
const FUNCTIONS: &[(&str, &str, &[Parameter])] = &[
    ("alphanumerical", "the text without what is neither letter nor digit", &[VALUE]),
    ("applicationMetadata", "an application, as front50 shows it", &[("applicationName", "its name", "String")]),
    (
        "canaryConfigNameToId",
        "the id of a canary configuration",
        &[("name", "its name", "String"), ("app", "an application that it is for", "String")],
    ),
    ("currentStage", "the stage whose setting this is", &[]),
    ("currentUser", "who the execution acts for", &[]),
    ("deployedServerGroups", "what stages deployed", &[("ids", "the stages; none is all", "String[]")]),
    ("doNotEval", "the value, with the expressions in it left as they are", &[("value", "the value", "Object")]),
    ("fetchReference", "the content that an artifact refers to", &[("ref", "the reference", "String")]),
    ("fromBase64", "the text that the Base64 stands for", &[VALUE]),
    ("fromUrl", "the text at an address", &[URL]),
    ("jsonFromUrl", "the JSON at an address", &[URL]),
    ("judgement", "what was chosen in a manual judgment", &[NAME]),
    ("judgment", "what was chosen in a manual judgment", &[NAME]),
    (
        "manifestLabelValue",
        "the value of a label in a deployed manifest",
        &[
            ("stageName", "the stage that deployed it", "String"),
            ("kind", "the manifest's kind", "String"),
            ("labelKey", "the label", "String"),
        ],
    ),
    ("pipelineId", "the id of a pipeline of this application", &[PIPELINE]),
    (
        "pipelineIdInApplication",
        "the id of a pipeline of an application, or null",
        &[PIPELINE, ("applicationName", "its application", "String")],
    ),
    ("pipelineIdOrNull", "the id of a pipeline of this application, or null", &[PIPELINE]),
    ("propertiesFromUrl", "the Java properties at an address", &[URL]),
    ("readAllYaml", "all YAML documents of a text, as a list", &[VALUE]),
    ("readJson", "the value of a JSON text", &[VALUE]),
    ("readYaml", "the value of a YAML text", &[VALUE]),
    ("resolvedArtifacts", "the artifacts that the execution began with", &[]),
    ("stage", "a stage of the execution", &[NAME]),
    ("stageByRefId", "a stage of the execution", &[("refId", "its refId", "String")]),
    ("stageExists", "whether the execution has a stage", &[NAME]),
    ("toBase64", "the text in Base64", &[VALUE]),
    ("toBoolean", "the boolean that the text says", &[VALUE]),
    ("toFloat", "the number that the text says", &[VALUE]),
    ("toInt", "the integer that the text says", &[VALUE]),
    ("toJson", "the value as a JSON text", &[("value", "the value", "Object")]),
    (
        "triggerResolvedArtifact",
        "an artifact that the execution began with",
        &[("name", "the artifact's name", "String")],
    ),
    (
        "triggerResolvedArtifactByType",
        "an artifact that the execution began with",
        &[("type", "the artifact's type", "String")],
    ),
    ("yamlFromUrl", "the YAML at an address", &[URL]),
];

/// The functions, and the ways to evaluate a pipeline.
pub(crate) fn capabilities() -> Value {
    let parameter =
        |(name, description, kind): &Parameter| json!({"name": name, "description": description, "type": kind});
    let functions = FUNCTIONS.iter().map(|(name, description, parameters)| {
        let parameters: Vec<Value> = parameters.iter().map(parameter).collect();
        json!({"name": name, "description": description, "parameters": parameters})
    });
    let evaluator = |key: &str, description: &str, deprecated: bool| json!({"versionKey": key, "description": description, "deprecated": deprecated});
    json!({
        "functions": functions.collect::<Vec<_>>(),
        "spelEvaluators": [
            evaluator("v4", "each stage when it starts; variables of evaluateVariables one after the other", false),
            evaluator("v3", "all that has a value as soon as the pipeline starts; the default", false),
            evaluator("v2", "as v3", true),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_spel::{Nothing, pipeline};

    #[test]
    fn every_function_listed_is_one_of_the_language() {
        let names = serde_json::Map::new();
        let context = pipeline::Context::of_map(&names);
        for (name, _, _) in FUNCTIONS {
            let text = format!("${{#{name}(1, 2, 3, 4, 5, 6)}}");
            let error = pipeline::evaluate(&text, &context, &Nothing, &pipeline::Options::default());
            let unknown = pipeline::evaluate("${#nosuch(1)}", &context, &Nothing, &pipeline::Options::default());
            let words = |result: Result<_, gennaker_spel::Error>| result.err().map(|error| error.to_string());
            let unknown = words(unknown).expect("an error").replace("nosuch", name);
            assert_ne!(words(error), Some(unknown), "{name}");
        }
    }
}
