// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"
#include "common/async/clock.hpp"
#include "common/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

// Where a replica keeps what it must never forget: on the volume of its data, forced to disk before
// the act it speaks of.

namespace ha::agent {

struct loaded_record {
    bool intact = false;  // a readable record was there
    std::string trouble;  // why not, in words: none there, torn, a newer format, a disk error
    bool newer = false;   // a newer format: not to be written over
    replica_record value;
};

class record_store {
public:
    virtual ~record_store() = default;
    virtual boost::asio::awaitable<loaded_record> load() = 0;

    // Returns when it is on disk, file and name. After an error nobody knows which of the two
    // records is there; it is never a mixture. Refuses to write over a newer format.
    virtual boost::asio::awaitable<result<void>> save(replica_record value) = 0;
};

// <folder>/<group>.record; the folder is made when it is missing. A disk that hangs holds up no
// thread of the caller's: the call ends as timed_out, and later ones wait behind it in their order,
// so that an old record can never land on a newer one.
std::unique_ptr<record_store> make_file_record_store(clock_source& clock,
                                                     std::string folder,
                                                     std::string group,
                                                     duration limit = std::chrono::seconds{10});

}  // namespace ha::agent
