//! Saves and deletes one object, by gate's API or by front50's.

use gennaker_base::Kind as ErrorKind;
use gennaker_wire::{Object, ObjectExt as _};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    item::{GLOBAL, Item},
    kind::Kind,
    plan::Step,
};
use crate::cli::{
    Session, app,
    exit::Error,
    gate::{self, Gate, Request},
    project, task, template,
};

/// Does one step, through `front50` if it is given.
pub(super) async fn step(session: &mut Session<'_>, front50: Option<&Gate>, step: &Step) -> Result<(), Error> {
    match (step, front50) {
        (Step::Create(item), None) => save_by_gate(session, item, false).await,
        (Step::Change { wanted, .. }, None) => save_by_gate(session, wanted, true).await,
        (Step::Delete(item), None) => gone(delete_by_gate(session, item).await),
        (Step::Create(item), Some(front50)) => Ok(create(front50, item).await?),
        (Step::Change { wanted, .. }, Some(front50)) => Ok(change(front50, wanted).await?),
        (Step::Delete(item), Some(front50)) => gone(delete(front50, item).await.map_err(Error::from)),
    }
}

/// What is not there any more is deleted: an application takes with it what belongs to it.
fn gone(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(Error::Gate(error)) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(Error::Refused { .. }) => Ok(()),
        result => result,
    }
}

/// The object as it is sent: with the id that it has on the other side.
fn body(item: &Item) -> Object {
    let mut fields = item.fields();
    if let (Some(id), Kind::Pipeline | Kind::Strategy) = (&item.id, item.kind) {
        fields.insert("id".to_owned(), id.clone().into());
    }
    fields
}

fn tag(item: &Item) -> Option<&str> {
    item.key.parts().get(1).map(String::as_str)
}

fn id_of_template(item: &Item) -> &str {
    item.key.parts().first().map(String::as_str).unwrap_or_default()
}

/// The name under which an application's notifications are kept.
fn whose(item: &Item) -> (&'static str, &str) {
    match item.key.parts() {
        [name, ..] => ("application", name),
        [] => ("global", GLOBAL),
    }
}

async fn send(peer: &Gate, method: Method, path: &[&str], body: impl Into<Value>) -> Result<Value, gate::Error> {
    peer.send(Request::new(method, path).body(body.into())).await
}

async fn save_by_gate(session: &mut Session<'_>, item: &Item, is_there: bool) -> Result<(), Error> {
    let (fields, name) = (body(item), item.key.name());
    let description = format!("Save {item}");
    let answer = match item.kind {
        Kind::Application => return app::upsert(session, name, fields).await.map(drop),
        Kind::Project => return project::upsert(session, name, fields).await,
        Kind::TemplateV2 => return template::upsert(session, id_of_template(item), tag(item), fields, true).await,
        Kind::Plugin => send(&session.gate, Method::PUT, &["plugins", "info"], fields).await?,
        Kind::TemplateV1 if is_there => {
            let path = ["pipelineTemplates", name];
            let request = Request::new(Method::POST, &path).query("skipPlanDependents", "true");
            session.gate.send(request.body(fields.into())).await?
        }
        Kind::TemplateV1 => send(&session.gate, Method::POST, &["pipelineTemplates"], fields).await?,
        Kind::Strategy => send(&session.gate, Method::POST, &["strategies"], fields).await?,
        Kind::Pipeline => send(&session.gate, Method::POST, &["pipelines"], fields).await?,
        Kind::Notifications => {
            let (level, name) = whose(item);
            send(&session.gate, Method::POST, &["notifications", level, name], fields).await?
        }
        Kind::ServiceAccount | Kind::DeliveryConfig | Kind::EntityTags => return Err(not_in_gate(item)),
    };
    task::of_answer(session, answer, &description).await.map(drop)
}

async fn delete_by_gate(session: &mut Session<'_>, item: &Item) -> Result<(), Error> {
    let name = item.key.name();
    let application = item.key.parts().first().map(String::as_str).unwrap_or_default();
    let (level, whose) = whose(item);
    let path: &[&str] = match item.kind {
        Kind::Application => return app::remove(session, name).await.map(drop),
        Kind::Project => return project::remove(session, name, item.id.as_deref().unwrap_or(name)).await,
        Kind::TemplateV2 => return template::remove(session, id_of_template(item), tag(item), None).await,
        Kind::Plugin => &["plugins", "info", name],
        Kind::TemplateV1 => &["pipelineTemplates", name],
        Kind::Strategy => &["strategies", application, name],
        Kind::Pipeline => &["pipelines", application, name],
        Kind::Notifications => &["notifications", level, whose],
        Kind::ServiceAccount | Kind::DeliveryConfig | Kind::EntityTags => return Err(not_in_gate(item)),
    };
    let answer = send(&session.gate, Method::DELETE, path, json!({})).await?;
    task::of_answer(session, answer, &format!("Delete {item}")).await.map(drop)
}

fn not_in_gate(item: &Item) -> Error {
    Error::Usage(format!("gate's API has no {}: name front50 with --front50 URL", item.kind.noun()))
}

async fn create(front50: &Gate, item: &Item) -> Result<(), gate::Error> {
    let mut fields = body(item);
    let path: &[&str] = match item.kind {
        Kind::Application => {
            let permissions = fields.remove("permissions");
            send(front50, Method::POST, &["v2", "applications"], fields).await?;
            return permit(front50, item, permissions).await;
        }
        Kind::TemplateV2 => {
            let request = Request::new(Method::POST, &["v2", "pipelineTemplates"]).query_if("tag", tag(item));
            return front50.send(request.body(fields.into())).await.map(drop);
        }
        Kind::ServiceAccount => &["serviceAccounts"],
        Kind::Plugin => &["pluginInfo"],
        Kind::TemplateV1 => &["pipelineTemplates"],
        Kind::Strategy => &["strategies"],
        Kind::Pipeline => &["pipelines"],
        Kind::Notifications => return save_notifications(front50, item, fields).await,
        Kind::Project => &["v2", "projects"],
        Kind::DeliveryConfig => &["deliveries"],
        Kind::EntityTags => &["v2", "tags"],
    };
    send(front50, Method::POST, path, fields).await.map(drop)
}

async fn change(front50: &Gate, item: &Item) -> Result<(), gate::Error> {
    let mut fields = body(item);
    let name = item.key.name();
    let id = item.id.as_deref().unwrap_or(name);
    let path: &[&str] = match item.kind {
        Kind::Application => {
            let permissions = fields.remove("permissions");
            send(front50, Method::PUT, &["v2", "applications", name], fields).await?;
            return permit(front50, item, permissions).await;
        }
        Kind::TemplateV2 => {
            let path = ["v2", "pipelineTemplates", id_of_template(item)];
            let request = Request::new(Method::PUT, &path).query_if("tag", tag(item));
            return front50.send(request.body(fields.into())).await.map(drop);
        }
        Kind::Notifications => return save_notifications(front50, item, fields).await,
        Kind::Project => {
            fields.insert("id".to_owned(), id.into());
            &["v2", "projects", id]
        }
        Kind::TemplateV1 => &["pipelineTemplates", name],
        Kind::Strategy => &["strategies", id],
        Kind::Pipeline => &["pipelines", id],
        Kind::DeliveryConfig => &["deliveries", name],
        // These are replaced by a second creation.
        Kind::ServiceAccount | Kind::Plugin | Kind::EntityTags => return create(front50, item).await,
    };
    send(front50, Method::PUT, path, fields).await.map(drop)
}

async fn save_notifications(front50: &Gate, item: &Item, fields: Object) -> Result<(), gate::Error> {
    let path: &[&str] = match item.key.parts() {
        [] => &["notifications", "global"],
        [name, ..] => &["notifications", "application", name],
    };
    send(front50, Method::POST, path, fields).await.map(drop)
}

/// Front50 keeps an application's permissions beside it.
async fn permit(front50: &Gate, item: &Item, permissions: Option<Value>) -> Result<(), gate::Error> {
    let name = item.key.name();
    let path = ["permissions", "applications", name];
    let none = permissions
        .as_ref()
        .is_none_or(|all| all.as_object().is_none_or(|all| all.keys().all(|right| all.texts(right).is_empty())));
    if none {
        let deleted = front50.send(Request::new(Method::DELETE, &path)).await;
        return match deleted {
            Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Unsupported) => Err(error),
            _ => Ok(()),
        };
    }
    let body = json!({ "name": name, "permissions": permissions });
    match send(front50, Method::PUT, &path, body.clone()).await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            send(front50, Method::POST, &["permissions", "applications"], body).await.map(drop)
        }
        result => result.map(drop),
    }
}

async fn delete(front50: &Gate, item: &Item) -> Result<(), gate::Error> {
    let name = item.key.name();
    let application = item.application().unwrap_or_default();
    let (level, whose) = whose(item);
    let path: &[&str] = match item.kind {
        Kind::Application => {
            let path = ["permissions", "applications", name];
            // It may have none.
            let _ = front50.send(Request::new(Method::DELETE, &path)).await;
            &["v2", "applications", name]
        }
        Kind::TemplateV2 => {
            let path = ["v2", "pipelineTemplates", id_of_template(item)];
            let request = Request::new(Method::DELETE, &path).query_if("tag", tag(item));
            return front50.send(request).await.map(drop);
        }
        Kind::ServiceAccount => &["serviceAccounts", name],
        Kind::Plugin => &["pluginInfo", name],
        Kind::TemplateV1 => &["pipelineTemplates", name],
        Kind::Strategy => &["strategies", application, name],
        Kind::Pipeline => &["pipelines", application, name],
        Kind::Notifications => &["notifications", level, whose],
        Kind::Project => &["v2", "projects", item.id.as_deref().unwrap_or(name)],
        Kind::DeliveryConfig => &["applications", application, "deliveries", name],
        Kind::EntityTags => &["v2", "tags", name],
    };
    front50.send(Request::new(Method::DELETE, path)).await.map(drop)
}
