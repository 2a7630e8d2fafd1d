// SPDX-License-Identifier: MIT
#include "test/kubesim/api/schema.hpp"

#include <regex>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

std::string shown(const json& value) {
    if (value.is_object()) return "\"object\"";
    if (value.is_array()) return "\"array\"";
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

const char* type_of(const json& value) {
    switch (value.type()) {
        case json::value_t::object: return "object";
        case json::value_t::array: return "array";
        case json::value_t::string: return "string";
        case json::value_t::boolean: return "boolean";
        case json::value_t::number_integer:
        case json::value_t::number_unsigned: return "integer";
        case json::value_t::number_float: return "number";
        default: return "null";
    }
}

bool has_type(const json& value, const json& schema) {
    if (schema.value("x-kubernetes-int-or-string", false))
        return value.is_string() || value.is_number_integer();
    auto wanted = schema.value("type", "");
    return wanted.empty() || wanted == type_of(value) ||
           (wanted == "number" && value.is_number()) ||
           (value.is_null() && schema.value("nullable", false));
}

class checker {
public:
    void check(const json& value, const json& schema, const std::string& path) {
        if (!has_type(value, schema)) {
            wrong_type(value, schema, path);
            return;
        }
        check_value(value, schema, path);
        if (value.is_object()) check_object(value, schema, path);
        if (value.is_array()) check_array(value, schema, path);
    }
    std::vector<cause> found;

private:
    void add(const char* reason, std::string message, const std::string& path) {
        found.push_back({reason, std::move(message), path});
    }

    void wrong_type(const json& value, const json& schema, const std::string& path) {
        auto wanted = schema.value("x-kubernetes-int-or-string", false) ? "integer,string"
                                                                        : schema.value("type", "");
        auto quoted = "\"" + std::string{type_of(value)} + "\"";
        add("FieldValueTypeInvalid",
            "Invalid value: " + quoted + ": " + path + " in body must be of type " + wanted + ": " +
                quoted,
            path);
    }

    void check_value(const json& value, const json& schema, const std::string& path) {
        if (schema.contains("enum")) check_enum(value, schema["enum"], path);
        if (value.is_number()) check_number(value, schema, path);
        if (value.is_string()) check_string(value.get<std::string>(), schema, path);
    }

    void check_enum(const json& value, const json& allowed, const std::string& path) {
        std::string list;
        for (const auto& one : allowed) {
            if (one == value) return;
            list += (list.empty() ? "" : ", ") + one.dump();
        }
        add("FieldValueNotSupported",
            "Unsupported value: " + shown(value) + ": supported values: " + list,
            path);
    }

    void check_number(const json& value, const json& schema, const std::string& path) {
        if (schema.contains("minimum") && value < schema["minimum"])
            add("FieldValueInvalid",
                "Invalid value: " + shown(value) + ": " + path +
                    " in body should be greater than or equal to " + schema["minimum"].dump(),
                path);
        if (schema.contains("maximum") && value > schema["maximum"])
            add("FieldValueInvalid",
                "Invalid value: " + shown(value) + ": " + path +
                    " in body should be less than or equal to " + schema["maximum"].dump(),
                path);
    }

    void check_string(const std::string& value, const json& schema, const std::string& path) {
        if (schema.contains("maxLength") && value.size() > schema["maxLength"].get<std::size_t>())
            add("FieldValueTooLong",
                "Too long: may not be more than " + schema["maxLength"].dump() + " bytes",
                path);
        if (schema.contains("minLength") && value.size() < schema["minLength"].get<std::size_t>())
            add("FieldValueInvalid",
                "Invalid value: " + shown(value) + ": " + path + " in body should be at least " +
                    schema["minLength"].dump() + " chars long",
                path);
        if (!schema.contains("pattern")) return;
        auto pattern = schema["pattern"].get<std::string>();
        if (!std::regex_search(value, std::regex{pattern}))
            add("FieldValueInvalid",
                "Invalid value: " + shown(value) + ": " + path + " in body should match '" +
                    pattern + "'",
                path);
    }

    void check_object(const json& value, const json& schema, const std::string& path) {
        auto below = [&](const std::string& name) {
            return path.empty() ? name : path + "." + name;
        };
        for (const auto& name : schema.value("required", json::array()))
            if (!value.contains(name.get<std::string>()))
                add("FieldValueRequired", "Required value", below(name));
        const auto properties = schema.value("properties", json::object());
        const auto more = schema.value("additionalProperties", json(nullptr));
        for (const auto& [name, child] : value.items()) {
            if (properties.contains(name)) {
                check(child, properties[name], below(name));
            } else if (more.is_object()) {
                check(child, more, below(name));
            }
        }
    }

    void check_array(const json& value, const json& schema, const std::string& path) {
        auto count = value.size();
        if (schema.contains("maxItems") && count > schema["maxItems"].get<std::size_t>())
            add("FieldValueTooMany",
                "Too many: " + std::to_string(count) + ": must have at most " +
                    schema["maxItems"].dump() + " items",
                path);
        if (schema.contains("minItems") && count < schema["minItems"].get<std::size_t>())
            add("FieldValueInvalid",
                "Invalid value: " + std::to_string(count) + ": " + path +
                    " in body should have at least " + schema["minItems"].dump() + " items",
                path);
        if (!schema.contains("items")) return;
        for (std::size_t i = 0; i < count; ++i)
            check(value[i], schema["items"], path + "[" + std::to_string(i) + "]");
    }
};

bool keeps_unknown(const json& schema) {
    return schema.value("x-kubernetes-preserve-unknown-fields", false) ||
           schema.contains("additionalProperties");
}

bool is_root_field(const std::string& name) {
    return name == "apiVersion" || name == "kind" || name == "metadata";
}

void work_on(json& value, const json& schema, bool root) {
    if (value.is_array()) {
        if (schema.contains("items"))
            for (auto& item : value) work_on(item, schema["items"], false);
        return;
    }
    if (!value.is_object()) return;
    const auto properties = schema.value("properties", json::object());
    const auto more = schema.value("additionalProperties", json(nullptr));
    for (const auto& [name, child] : properties.items())
        if (child.contains("default") && !value.contains(name)) value[name] = child["default"];
    for (auto at = value.begin(); at != value.end();) {
        bool kept = (root && is_root_field(at.key()));
        if (!kept && properties.contains(at.key())) {
            work_on(at.value(), properties[at.key()], false);
        } else if (!kept && more.is_object()) {
            work_on(at.value(), more, false);
        } else if (!kept && !keeps_unknown(schema)) {
            at = value.erase(at);
            continue;
        }
        ++at;
    }
}

}  // namespace

void prune_and_default(json& value, const json& schema) {
    work_on(value, schema, true);
}

std::vector<cause> complaints(const json& value, const json& schema) {
    checker work;
    work.check(value, schema, "");
    return work.found;
}

}  // namespace ha::kubesim
