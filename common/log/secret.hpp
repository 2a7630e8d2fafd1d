// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>

// A text that must not be seen: a password, a token. It has no way into a log line or a message
// but as ***; who needs the text itself asks for it by name.

namespace ha {

class secret {
public:
    secret() = default;
    explicit secret(std::string text) : text_(std::move(text)) {}

    const std::string& reveal() const { return text_; }
    bool empty() const { return text_.empty(); }
    bool operator==(const secret&) const = default;

private:
    std::string text_;
};

}  // namespace ha
