// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

// What is asked and what is answered over HTTP/1.1, as plain values.

namespace ha::http {

// Header names compare without regard to case; they are kept in lower case.
using fields = std::map<std::string, std::string, std::less<>>;

struct request {
    std::string method = "GET";
    std::string target = "/";  // origin form, already encoded: "/api/v1/pods?watch=1"
    fields headers{};
    std::string body{};
};

struct response {
    int status = 200;
    fields headers{};
    std::string body{};

    std::string_view header(std::string_view name) const {
        auto found = headers.find(name);
        return found == headers.end() ? std::string_view{} : std::string_view{found->second};
    }
};

}  // namespace ha::http
