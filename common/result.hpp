// SPDX-License-Identifier: MIT
#pragma once

#include <tl/expected.hpp>

#include <string>

// The house's errors: what depends on the world comes back as a value, never as an exception.

namespace ha {

// What kind of trouble it is, which is all that decisions may depend on; the words are for people.
enum class errc {
    timed_out,     // no answer in the time that was given: whether it happened is unknown
    unreachable,   // no connection could be made: nothing was sent
    closed,        // the other side ended the connection
    refused,       // the other side understood and said no
    unauthorized,  // the other side does not know us, or does not let us in
    not_found,
    conflict,
    malformed,  // what came in is not what it should be
    too_large,
    cancelled,
    failed,  // anything else, said in words
};

struct error {
    errc kind{};
    std::string
        message;  // one sentence: what was tried, what came back, what to do if that is known
    bool operator==(const error&) const = default;
};

template <class T>
using result = tl::expected<T, error>;

inline tl::unexpected<error> failure(errc kind, std::string message) {
    return tl::unexpected(error{kind, std::move(message)});
}

}  // namespace ha
