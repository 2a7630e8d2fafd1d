// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/server/answer_writer.hpp"
#include "test/mssqlsim/server/channel.hpp"
#include "test/mssqlsim/server/runtime.hpp"
#include "test/mssqlsim/server/traffic_file.hpp"
#include "test/mssqlsim/tds/server_connection.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>

// One client: from its socket through TDS to a session of the model, and back.

namespace ha::mssqlsim {

// What all clients of one server have in common, and faults that are not the model's.
struct client_terms {
    tds::connection_settings wire;
    tds::tls_context tls;
    std::string server_name;
    bool acknowledge_session_recovery = false;
    bool hang_logins = false;
    duration slow_logins{};                  // each is answered so much later
    bool lose_next_acknowledgement = false;  // of a commit or a change of rows: it is done, the
                                             // connection ends instead of the answer
    traffic_file* recorded_into = nullptr;   // none: nothing is recorded
};

class client_session final : public session_listener,
                             public std::enable_shared_from_this<client_session> {
public:
    client_session(std::shared_ptr<channel> wire, runtime& on, client_terms& terms);
    ~client_session() override;

    void start();

    void say(const output& what) override;
    void flush() override;

private:
    // One call of a message, in the model's form.
    struct work {
        tds::request message;
        std::size_t call = 0;
    };

    void on_bytes(std::string_view bytes);
    void on_event(const tds::client_event& event);
    void on_login(const tds::login_request& who);
    void admit(const tds::login_request& who);
    void send_on(const tds::login_request& who, const std::string& url);
    void welcome(const tds::login_request& who, const login_accepted& accepted);
    void refuse(const login_refused& refused);
    void on_request(const tds::request& asked);
    void start_next();
    void start_call(const work& what);
    void start_transaction_request(const tds::transaction_request& what);
    void on_done(const request_done& done);
    bool loses(const output& what);
    void send_pieces(const std::vector<answer_piece>& pieces);
    void send_output();
    void leave();

    std::shared_ptr<channel> wire_;
    runtime& runtime_;
    client_terms& terms_;
    tds::server_connection tds_;
    answer_writer answers_;
    std::unique_ptr<alarm> login_alarm_;  // while a login is held up
    std::optional<session_number> session_;
    std::deque<work> waiting_;
    bool busy_ = false;
    std::uint32_t tds_version_ = 0;
};

}  // namespace ha::mssqlsim
