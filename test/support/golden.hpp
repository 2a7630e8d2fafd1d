// SPDX-License-Identifier: MIT
#pragma once

#include <string>

// Files that say what output should look like, kept under test/golden.

namespace ha::test {

// The checkout's path of a file, by its path from the root: "manifests/samples/ag-sample.yaml".
std::string source_path(const std::string& relative);

// The whole text of a file of the checkout; fails the test when it cannot be read.
std::string source_text(const std::string& relative);

// Empty when `text` is what test/golden/<name> holds; else where they part, in words. With
// HA_UPDATE_GOLDEN set in the environment the file is written instead: look at the diff then.
std::string differs_from_golden(const std::string& name, const std::string& text);

}  // namespace ha::test
