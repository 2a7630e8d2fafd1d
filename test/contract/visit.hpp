// SPDX-License-Identifier: MIT
#pragma once

#include "test/contract/conversation.hpp"

// One check of the contract, and what it works with: a namespace of its own, and a transcript in
// which whatever differs from run to run is replaced by its kind.

namespace ha::contract {

class visit {
public:
    visit(conversation& server, std::string space);

    // Asks, and writes the answer into the transcript.
    said ask(const std::string& method,
             const std::string& target,
             const nlohmann::json& body = nullptr,
             const manner& how = {});
    said merge(const std::string& target, const nlohmann::json& patch, const manner& how = {});
    said apply(const std::string& target,
               const std::string& manager,
               const nlohmann::json& object,
               bool force = false);

    // The same, leaving out the body but for a refusal's reason: where only the code is promised.
    said ask_code(const std::string& method,
                  const std::string& target,
                  const nlohmann::json& body = nullptr,
                  const manner& how = {});

    // Asks without a word in the transcript.
    said prepare(const std::string& method,
                 const std::string& target,
                 const nlohmann::json& body = nullptr,
                 const manner& how = {});

    std::shared_ptr<watched> watch(const std::string& target, const manner& how = {});
    // Waits for that many events and writes their types and objects into the transcript.
    void events(const watched& from, std::size_t count);

    // Gets until it answers what is waited for; a controller may take its time. Only the status
    // goes into the transcript.
    said eventually(const std::string& target, const std::function<bool(const said&)>& wanted);

    // A promise of the contract; the words say it.
    void expect(bool holds, const std::string& words);
    void expect_status(const said& answer, int status);
    void note(const std::string& name, const nlohmann::json& value);

    conversation& server() { return server_; }
    const std::string& space() const { return space_; }
    const std::vector<std::string>& transcript() const { return transcript_; }
    const std::vector<std::string>& broken() const { return broken_; }

private:
    std::string placed(const std::string& target) const;
    std::string normal_text(std::string text) const;
    nlohmann::json normal_owners(const nlohmann::json& entries) const;
    nlohmann::json normal(const nlohmann::json& value, const std::string& name = {}) const;

    conversation& server_;
    std::string space_;
    std::vector<std::string> transcript_;
    std::vector<std::string> broken_;
};

struct check {
    std::string name;  // unique: "lease.update.stale"
    std::string kind;
    std::string verb;
    std::string what;  // what the contract says, in words
    std::function<void(visit&)> run;
};

std::vector<check> all_checks();

// The parts of the table, one file each.
std::vector<check> checks_of_every_kind();
std::vector<check> checks_of_leases();
std::vector<check> checks_of_nodes();
std::vector<check> checks_of_pods();
std::vector<check> checks_of_services();
std::vector<check> checks_of_rules();
std::vector<check> checks_of_watches();
std::vector<check> checks_of_lists();
std::vector<check> checks_of_access();
std::vector<check> checks_of_owners();
std::vector<check> checks_of_applies();
std::vector<check> checks_of_widgets();
std::vector<check> checks_of_the_client();

}  // namespace ha::contract
