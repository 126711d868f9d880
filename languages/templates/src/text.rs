//! Jinja outside of pipeline templates: a text and the values that it may name.

use crate::{
    Object,
    jinja::{Renderer, Scope, Tags},
};

/// Renders `text` with the fields of `values` as its variables. One that is not there is nothing, as in Jinjava.
///
/// ```
/// let values = serde_json::json!({"image": {"tag": "1.2"}});
/// let text = r#"[{% if image %}{"version": "{{ image.tag }}", "name": "{{ none }}"}{% endif %}]"#;
/// let rendered = gennaker_templates::render(text, values.as_object().unwrap());
/// assert_eq!(rendered.as_deref(), Ok(r#"[{"version": "1.2", "name": ""}]"#));
/// ```
///
/// # Errors
/// Why it cannot be rendered, or took more steps than one rendering may.
pub fn render(text: &str, values: &Object) -> Result<String, String> {
    let mut scope = Scope::default();
    scope.set_all(values);
    Renderer::new(Tags::default()).render_leniently(text, &scope).map_err(|failure| failure.text())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(text: &str) -> Result<String, String> {
        let values = json!({"list": [1, 2], "text": "a\"b", "null": null, "map": {"a": {"b": 1}}});
        render(text, values.as_object().expect("an object"))
    }

    #[test]
    fn what_is_not_there_is_nothing_and_what_cannot_be_rendered_says_why() {
        for (text, expected) in [
            ("plain", "plain"),
            ("{{ none }}{{ none.at.all }}{{ null }}x", "x"),
            ("{% for n in list %}{{ n }},{% endfor %}", "1,2,"),
            ("{{ map.a.b }} {{ text }}", "1 a\"b"),
            ("{% unless none %}{{ list[0] && true }}{% endunless %}", "true"),
        ] {
            assert_eq!(rendered(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["{{ ", "{% for n in list %}", "{% nothing %}", "{{ list | nothing }}"] {
            assert!(rendered(text).is_err_and(|why| !why.is_empty()), "{text}");
        }
        let endless = "{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor %}";
        assert!(rendered(endless).is_err(), "it ends");
    }
}
