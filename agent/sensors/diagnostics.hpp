// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/engine_view.hpp"
#include "agent/engine/session.hpp"
#include "common/async/clock.hpp"

// Keeps the stream of sp_server_diagnostics open and reports each set.

namespace ha::agent {

struct diagnostics_report {
    enum class kind { opened, set, ended, missing } what{};  // missing: no such procedure
    instant at{};
    std::optional<diagnostics_view> view;  // of a set
    std::string why;                       // of an end, or in whose words it is missing
};

struct diagnostics_plan {
    duration interval = std::chrono::seconds{5};       // the engine takes no less
    duration silence = std::chrono::seconds{30};       // no set for so long: the stream is given up
    duration pause = std::chrono::seconds{2};          // before it is opened again
    duration pause_without = std::chrono::minutes{1};  // the same where there is no such procedure
};

class diagnostics_stream {
public:
    using reporter = std::function<void(const diagnostics_report&)>;
    diagnostics_stream(clock_source& clock,
                       engine_session& session,
                       diagnostics_plan plan,
                       reporter report);

    // Until cancelled.
    boost::asio::awaitable<void> run();

private:
    bool take(const result_set& set);

    clock_source& clock_;
    engine_session& session_;
    diagnostics_plan plan_;
    reporter report_;
};

}  // namespace ha::agent
