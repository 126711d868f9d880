//! Statuses of HTTP as Spring names them, which is how they stand in a stage's context.

use http::StatusCode;

/// The name of Spring's `HttpStatus`, such as `NOT_FOUND`; `None` for a status that it does not know.
pub(super) fn name(status: StatusCode) -> Option<String> {
    let name = match status.as_u16() {
        416 => "REQUESTED_RANGE_NOT_SATISFIABLE",
        418 => "I_AM_A_TEAPOT",
        419 => "INSUFFICIENT_SPACE_ON_RESOURCE",
        420 => "METHOD_FAILURE",
        421 => "DESTINATION_LOCKED",
        509 => "BANDWIDTH_LIMIT_EXCEEDED",
        _ => return status.canonical_reason().map(|reason| reason.to_uppercase().replace([' ', '-'], "_")),
    };
    Some(name.to_owned())
}

/// Spring's exception for a failure, as it prints itself: clients look for words of it.
///
/// Source: `HttpClientErrorException.create`, `HttpServerErrorException.create`, `DefaultResponseErrorHandler`.
pub(super) fn exception(status: StatusCode, reason: &str, method: &str, url: &str, body: &str) -> String {
    let class = match status.as_u16() {
        400 => "HttpClientErrorException$BadRequest",
        401 => "HttpClientErrorException$Unauthorized",
        403 => "HttpClientErrorException$Forbidden",
        404 => "HttpClientErrorException$NotFound",
        405 => "HttpClientErrorException$MethodNotAllowed",
        406 => "HttpClientErrorException$NotAcceptable",
        409 => "HttpClientErrorException$Conflict",
        410 => "HttpClientErrorException$Gone",
        415 => "HttpClientErrorException$UnsupportedMediaType",
        422 => "HttpClientErrorException$UnprocessableEntity",
        429 => "HttpClientErrorException$TooManyRequests",
        500 => "HttpServerErrorException$InternalServerError",
        501 => "HttpServerErrorException$NotImplemented",
        502 => "HttpServerErrorException$BadGateway",
        503 => "HttpServerErrorException$ServiceUnavailable",
        504 => "HttpServerErrorException$GatewayTimeout",
        _ if status.is_client_error() => "HttpClientErrorException",
        _ => "HttpServerErrorException",
    };
    let body = if body.is_empty() {
        "[no body]".to_owned()
    } else {
        let body = body.replace(['\n', '\r'], "<EOL>");
        format!("\"{}\"", body.replace(char::is_control, "?"))
    };
    let status = status.as_u16();
    format!("org.springframework.web.client.{class}: {status} {reason} on {method} request for \"{url}\": {body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_springs() {
        let name = |status: u16| name(StatusCode::from_u16(status).expect("a status"));
        for (status, expected) in [
            (200, "OK"),
            (201, "CREATED"),
            (203, "NON_AUTHORITATIVE_INFORMATION"),
            (207, "MULTI_STATUS"),
            (226, "IM_USED"),
            (302, "FOUND"),
            (404, "NOT_FOUND"),
            (413, "PAYLOAD_TOO_LARGE"),
            (414, "URI_TOO_LONG"),
            (418, "I_AM_A_TEAPOT"),
            (422, "UNPROCESSABLE_ENTITY"),
            (429, "TOO_MANY_REQUESTS"),
            (431, "REQUEST_HEADER_FIELDS_TOO_LARGE"),
            (451, "UNAVAILABLE_FOR_LEGAL_REASONS"),
            (505, "HTTP_VERSION_NOT_SUPPORTED"),
        ] {
            assert_eq!(name(status).as_deref(), Some(expected), "{status}");
        }
        assert_eq!(name(520), None);
    }

    #[test]
    fn a_failure_reads_as_upstreams() {
        let text = exception(StatusCode::NOT_FOUND, "Not Found", "GET", "http://a/status", "{\"e\": 1}\n");
        let expected = "org.springframework.web.client.HttpClientErrorException$NotFound: 404 Not Found on GET request for \
                        \"http://a/status\": \"{\"e\": 1}<EOL>\"";
        assert_eq!(text, expected);
        let text = exception(StatusCode::IM_A_TEAPOT, "", "GET", "u", "");
        assert_eq!(
            text,
            "org.springframework.web.client.HttpClientErrorException: 418  on GET request for \"u\": [no body]"
        );
    }
}
