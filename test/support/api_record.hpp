// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/message.hpp"

#include <string>

// What is asked of an API server in tests, as lines that the contract's table can be held against.

namespace ha::test {

// "patch leases.coordination.k8s.io application/merge-patch+json 200": verb, resource, content type
// and status of one request and its answer.
std::string coverage_line(const http::request& what, int status);

// Appends the line to the file that HA_API_RECORD names, once in the life of a process; does
// nothing without that name. A line that cannot be written ends the process: a record with gaps
// would pass for a whole one. Answers that a test makes up as faults are not for it.
void record_api_use(const http::request& what, int status);

}  // namespace ha::test
