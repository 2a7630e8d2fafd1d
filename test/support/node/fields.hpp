// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

// Short ways into objects of the API server. What is missing or of another type is empty: the API
// server has checked these objects, and a double's node need not check them again.

namespace ha::test::node {

using nlohmann::json;

// "/metadata/name"; null where the path ends early.
const json& at(const json& object, const char* pointer);

std::string text_at(const json& object, const char* pointer, std::string otherwise = {});
std::int64_t number_at(const json& object, const char* pointer, std::int64_t otherwise = 0);

// "2026-01-02T03:04:05Z" of now, for status fields that people read.
std::string rfc3339(std::chrono::system_clock::time_point when);

std::string base64_decoded(std::string_view text);

}  // namespace ha::test::node
