//! What a template and a configuration consist of. Upstream: `PipelineTemplate`, `TemplateConfiguration`, `StageDefinition`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    Object,
    graph::{Inject, Links, Node, links},
    jinja::Module,
    read,
};

/// A template.
#[derive(Debug, Clone, Default)]
pub(crate) struct Template {
    pub(crate) schema: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) is_protected: bool,
    pub(crate) variables: Vec<Variable>,
    pub(crate) configuration: Configuration,
    pub(crate) stages: Vec<Stage>,
    pub(crate) modules: Option<Vec<Module>>,
    pub(crate) partials: Vec<Partial>,
}

/// What a template says of itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metadata {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) scopes: Vec<String>,
}

/// A variable of a template.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) group: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) kind: Option<String>,
    /// `null` is none.
    pub(crate) default: Value,
    pub(crate) example: Option<String>,
    pub(crate) is_nullable: bool,
    pub(crate) merges: bool,
    pub(crate) removes: bool,
}

/// What pipelines may inherit besides stages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Configuration {
    pub(crate) concurrent: Object,
    pub(crate) triggers: Option<Vec<Object>>,
    pub(crate) parameters: Option<Vec<Object>>,
    pub(crate) notifications: Option<Vec<Object>>,
    pub(crate) expected_artifacts: Option<Vec<Object>>,
}

/// Stages that stand in place of a stage that names them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Partial {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(super) usage: Option<String>,
    pub(super) variables: Vec<Object>,
    pub(crate) stages: Vec<Stage>,
    /// By the ids of the stages that they stand in place of.
    pub(crate) rendered: BTreeMap<String, Vec<Stage>>,
}

/// How the settings of a stage differ from those that it inherits.
#[derive(Debug, Clone, Default)]
pub(crate) struct InheritanceControl {
    pub(crate) merge: Vec<Rule>,
    pub(crate) replace: Vec<Rule>,
    pub(crate) remove: Vec<Rule>,
}

/// One such difference.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rule {
    pub(crate) path: String,
    pub(crate) value: Value,
}

/// A stage of a template or a configuration.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stage {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) inject: Option<Inject>,
    pub(crate) depends_on: Links,
    pub(crate) kind: Option<String>,
    pub(crate) config: Value,
    pub(crate) comments: Option<String>,
    pub(crate) when: Vec<Option<String>>,
    pub(crate) inheritance: Option<InheritanceControl>,
    pub(crate) requisites: Links,
    pub(crate) loop_with: Option<String>,
    /// The stages that a loop makes of it.
    pub(crate) looped: Vec<Stage>,
    /// What it may name in a loop.
    pub(crate) loop_context: Object,
    /// How its group is called, if it comes from a partial.
    pub(crate) group: Option<String>,
    pub(super) notifications: Vec<Value>,
}

/// The configuration of a templated pipeline.
#[derive(Debug, Clone, Default)]
pub(crate) struct Config {
    pub(crate) schema: Option<String>,
    pub(crate) application: Option<String>,
    pub(crate) pipeline_id: Option<String>,
    pub(crate) name: Option<String>,
    /// Where its template is.
    pub(crate) source: Option<String>,
    pub(crate) variables: Object,
    pub(crate) inherit: Vec<String>,
    pub(crate) concurrent: Object,
    pub(crate) triggers: Vec<Object>,
    pub(crate) parameters: Vec<Object>,
    pub(crate) notifications: Vec<Object>,
    pub(crate) expected_artifacts: Vec<Object>,
    pub(crate) stages: Vec<Stage>,
    pub(crate) modules: Option<Vec<Module>>,
    pub(crate) partials: Vec<Partial>,
}

type Read<T> = Result<T, String>;

impl Template {
    pub(crate) fn of(of: &Object) -> Read<Self> {
        let metadata = read::object(of, "metadata")?.unwrap_or_default();
        Ok(Template {
            schema: read::text(of, "schema")?,
            id: read::text(of, "id")?,
            source: read::text(of, "source")?,
            metadata: Metadata {
                name: read::text(&metadata, "name")?,
                description: read::text(&metadata, "description")?,
                owner: read::text(&metadata, "owner")?,
                scopes: read::texts(&metadata, "scopes")?.unwrap_or_default(),
            },
            is_protected: read::flag(of, "protect")?,
            variables: read::each(of, "variables", Variable::of)?.unwrap_or_default(),
            configuration: Configuration::of(&read::object(of, "configuration")?.unwrap_or_default())?,
            stages: read::each(of, "stages", Stage::of)?.unwrap_or_default(),
            modules: read::each(of, "modules", Module::of)?,
            partials: read::each(of, "partials", Partial::of)?.unwrap_or_default(),
        })
    }
}

impl Variable {
    pub(crate) fn of(of: &Object) -> Read<Self> {
        Ok(Variable {
            name: read::text(of, "name")?.unwrap_or_default(),
            group: read::text(of, "group")?,
            description: read::text(of, "description")?,
            kind: read::text(of, "type")?,
            default: of.get("defaultValue").cloned().unwrap_or_default(),
            example: read::text(of, "example")?,
            is_nullable: read::flag(of, "nullable")?,
            merges: read::flag(of, "merge")?,
            removes: read::flag(of, "remove")?,
        })
    }

    /// One that is called so and has this default.
    pub(crate) fn named(name: &str, default: &Value) -> Self {
        Variable { name: name.to_owned(), default: default.clone(), ..Variable::default() }
    }

    pub(crate) fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or("object")
    }

    pub(crate) fn has_default(&self) -> bool {
        !self.default.is_null()
    }
}

impl Configuration {
    fn of(of: &Object) -> Read<Self> {
        Ok(Configuration {
            concurrent: read::object(of, "concurrentExecutions")?.unwrap_or_default(),
            triggers: read::objects(of, "triggers")?,
            parameters: read::objects(of, "parameters")?,
            notifications: read::objects(of, "notifications")?,
            expected_artifacts: read::objects(of, "expectedArtifacts")?,
        })
    }
}

impl Module {
    pub(crate) fn of(of: &Object) -> Read<Self> {
        Ok(Module {
            id: read::text(of, "id")?.unwrap_or_default(),
            usage: read::text(of, "usage")?,
            variables: read::objects(of, "variables")?.unwrap_or_default(),
            definition: of.get("definition").cloned().unwrap_or_default(),
        })
    }
}

impl Partial {
    fn of(of: &Object) -> Read<Self> {
        Ok(Partial {
            id: read::text(of, "id")?.unwrap_or_default(),
            name: read::text(of, "name")?,
            usage: read::text(of, "usage")?,
            variables: read::objects(of, "variables")?.unwrap_or_default(),
            stages: read::each(of, "stages", Stage::of)?.unwrap_or_default(),
            rendered: BTreeMap::new(),
        })
    }

    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

impl InheritanceControl {
    fn of(of: &Object) -> Read<Self> {
        let rules = |name: &str| {
            let rule = |rule: &Object| {
                Ok(Rule {
                    path: read::text(rule, "path")?.unwrap_or_default(),
                    value: rule.get("value").cloned().unwrap_or_default(),
                })
            };
            Ok::<_, String>(read::each(of, name, rule)?.unwrap_or_default())
        };
        Ok(InheritanceControl { merge: rules("merge")?, replace: rules("replace")?, remove: rules("remove")? })
    }
}

impl Stage {
    pub(crate) fn of(of: &Object) -> Read<Self> {
        let inject = read::object(of, "inject")?.map(|rule| Inject::of(&rule)).transpose()?;
        let control = read::object(of, "inheritanceControl")?;
        Ok(Stage {
            id: read::text(of, "id")?,
            name: read::text(of, "name")?,
            inject,
            depends_on: links(read::texts(of, "dependsOn")?.unwrap_or_default()),
            kind: read::text(of, "type")?,
            config: of.get("config").cloned().unwrap_or_default(),
            notifications: read::list(of, "notifications")?.unwrap_or_default(),
            comments: read::text(of, "comments")?,
            when: read::texts(of, "when")?.unwrap_or_default().into_iter().map(Some).collect(),
            inheritance: control.map(|control| InheritanceControl::of(&control)).transpose()?,
            requisites: links(read::texts(of, "requisiteStageRefIds")?.unwrap_or_default()),
            loop_with: read::text(of, "loopWith")?.filter(|with| !with.is_empty()),
            ..Stage::default()
        })
    }

    /// As upstream clones it: what it depends on is its own, what it requires is not.
    pub(crate) fn copy(&self) -> Self {
        Stage { depends_on: links(self.depends_on.borrow().iter().cloned()), ..self.clone() }
    }

    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.id())
    }

    /// Whether it stands for the stages of a partial.
    pub(crate) fn is_partial(&self) -> bool {
        self.kind.as_deref().is_some_and(|kind| kind.starts_with("partial."))
    }

    pub(crate) fn is_looping(&self) -> bool {
        self.loop_with.is_some()
    }

    /// Whether one of its conditions does not hold.
    pub(crate) fn is_left_out(&self) -> bool {
        let holds = |condition: &Option<String>| {
            condition.as_deref().is_some_and(|condition| condition.eq_ignore_ascii_case("true"))
        };
        !self.when.iter().all(holds)
    }
}

impl Node for Stage {
    fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    fn requisites(&self) -> &Links {
        &self.requisites
    }

    fn inject(&self) -> Option<&Inject> {
        self.inject.as_ref()
    }
}

impl Config {
    pub(crate) fn of(of: &Object) -> Read<Self> {
        let pipeline = read::object(of, "pipeline")?.unwrap_or_default();
        let own = read::object(of, "configuration")?.unwrap_or_default();
        let template = read::object(&pipeline, "template")?;
        Ok(Config {
            schema: read::text(of, "schema")?,
            application: read::text(&pipeline, "application")?,
            pipeline_id: read::text(&pipeline, "pipelineConfigId")?,
            name: read::text(&pipeline, "name")?,
            source: template
                .map(|template| Ok::<_, String>(read::text(&template, "source")?.unwrap_or_default()))
                .transpose()?,
            variables: read::object(&pipeline, "variables")?.unwrap_or_default(),
            inherit: read::texts(&own, "inherit")?.unwrap_or_default(),
            concurrent: read::object(&own, "concurrentExecutions")?.unwrap_or_default(),
            triggers: read::objects(&own, "triggers")?.unwrap_or_default(),
            parameters: read::objects(&own, "parameters")?.unwrap_or_default(),
            notifications: read::objects(&own, "notifications")?.unwrap_or_default(),
            expected_artifacts: read::objects(&own, "expectedArtifacts")?.unwrap_or_default(),
            stages: read::each(of, "stages", Stage::of)?.unwrap_or_default(),
            modules: read::each(of, "modules", Module::of)?,
            partials: read::each(of, "partials", Partial::of)?.unwrap_or_default(),
        })
    }

    pub(crate) fn inherits(&self, what: &str) -> bool {
        self.inherit.iter().any(|inherited| inherited == what)
    }
}
