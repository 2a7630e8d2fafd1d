// SPDX-License-Identifier: MIT
#include "common/http/wire.hpp"

namespace ha::http {

result<std::string> head_text(const std::string& first_line, const fields& headers) {
    std::string text = first_line + "\r\n";
    auto lines = first_line;
    for (auto& [name, value] : headers) {
        text += name + ": " + value + "\r\n";
        lines += name + value;
    }
    if (lines.find_first_of(std::string_view{"\r\n\0", 3}) != std::string::npos) {
        return failure(errc::malformed, "a header of '" + first_line + "' contains a line end");
    }
    return text + "\r\n";
}

std::string_view status_words(int status) {
    switch (status) {
        case 100: return "Continue";
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        default: return "";
    }
}

bool has_no_body(int status) {
    return status / 100 == 1 || status == 204 || status == 304;
}

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace ha::http
