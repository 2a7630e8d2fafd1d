// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/message.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <string>
#include <vector>

// How the API server says no: the Status object, as a value.

namespace ha::kubesim {

struct kind_info;

struct refusal {
    int code = 500;
    std::string reason;
    std::string message;
    nlohmann::json details;  // null: none
    bool plain = false;      // the message alone, as text

    nlohmann::json status() const;
};

template <class T>
using answer = tl::expected<T, refusal>;
using no = tl::unexpected<refusal>;

struct cause {
    std::string reason;  // FieldValueInvalid ...
    std::string message;
    std::string field;
};

no bad_request(std::string message);
no not_found(const kind_info& kind, const std::string& name);
no path_not_found();
// For groups that nobody serves, and what is not there in those of custom resources.
no page_not_found();
no already_exists(const kind_info& kind, const std::string& name);
no conflict(const kind_info& kind, const std::string& name, const std::string& why);
no invalid(const kind_info& kind, const std::string& name, const std::vector<cause>& causes);
// An update without resourceVersion of a kind that demands one.
no needs_version(const kind_info& kind, const std::string& name);
// A deletion whose preconditions do not hold.
no failed_precondition(const kind_info& kind, const std::string& name, const std::string& why);
no method_not_allowed();
no expired(std::string message);

http::response json_response(int code, const nlohmann::json& body);

}  // namespace ha::kubesim
