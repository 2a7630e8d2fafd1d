// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"

// The first messages on a link between two endpoints: certificates are shown, and who shows one
// that is not good is not let in. Established links outlive their certificates.

namespace ha::mssqlsim {

namespace {

struct refusal {
    connect_trouble trouble;
    std::string login;  // that asked, if it is known
};

refusal no_permission(const std::string& login) {
    return {{28034,
             "Connection handshake failed. The login '" + login +
                 "' does not have CONNECT permission on the endpoint. State 84.",
             {}},
            login};
}

refusal bad_peer(const std::string& reason) {
    return {{28035,
             "Connection handshake failed. The certificate used by the peer is invalid due to the "
             "following reason: " +
                 reason + ". State 89.",
             {}},
            {}};
}

refusal bad_own(const std::string& reason) {
    return {{28036,
             "Connection handshake failed. The certificate used by this endpoint was not found: " +
                 reason +
                 ". Use DBCC CHECKDB in master database to verify the metadata integrity of the "
                 "endpoints. State 85.",
             {}},
            {}};
}

// What the errorlog says of it: 28047, or 28048 where a login is known.
std::string logged(const refusal& what) {
    const auto by = what.login.empty() ? std::string{} : " by user '" + what.login + ".'";
    return "Database Mirroring login attempt" + by + " failed with error: '" + what.trouble.text +
           "'.";
}

// assumption: what the message puts in for its reason.
std::optional<refusal> refuses_peer(const server_catalog& catalog,
                                    const binary& thumbprint,
                                    const std::string& now) {
    const auto shown = catalog.owner_of_peer(thumbprint);
    if (!shown) return bad_peer("Certificate not found");
    if (shown->expiry_date <= now) return bad_peer("Certificate expired");
    if (!catalog.may_connect(shown->login)) return no_permission(shown->login);
    return {};
}

std::optional<refusal> refuses_itself(const server_catalog& catalog, const std::string& now) {
    const auto* own = catalog.certificate(catalog.endpoint()->certificate);
    if (own == nullptr) return bad_own("Certificate not found");
    if (own->expiry_date <= now) return bad_own("Certificate expired");
    return {};
}

}  // namespace

// The refusal is what the views tell of the peer until a connection is made.
void engine::refuse_link(link_number number, std::string peer, connect_trouble why) {
    drop_link(number);
    why.when = utc();
    if (!peer.empty()) connect_troubles_[lower(peer)] = std::move(why);
}

void engine::connected(link_number number) {
    const auto at = links_.find(number);
    if (at == links_.end()) return;
    if (const auto refused = refuses_itself(catalog_, utc())) {
        errorlog(logged(*refused));
        return refuse_link(number, at->second.wanted, refused->trouble);
    }
    at->second.connected = true;
    at->second.heard = now_;
    const auto* own = catalog_.certificate(catalog_.endpoint()->certificate);
    send(number,
         greeting{options_.server_name,
                  incarnation_,
                  endpoint_starts_,
                  own->thumbprint,
                  options_.product_version});
}

void engine::greeted(link_state& link, const greeting& hello) {
    if (const auto refused = refuses_peer(catalog_, hello.thumbprint, utc())) {
        errorlog(logged(*refused));
        return refuse_link(link.number, std::string{hello.server_name}, refused->trouble);
    }
    link.greeted = true;
    link.peer = hello.server_name;
    link.incarnation = hello.incarnation;
    link.peer_endpoint_starts = hello.endpoint_starts;
    link.peer_version = hello.version;
    std::vector<link_number> others;
    bool superfluous = false;
    for (const auto& [number, one] : links_)
        if (number != link.number && one.greeted && same_name(one.peer, link.peer)) {
            // An older life of the peer is gone; of two links that crossed, both sides keep the one
            // that the smaller name dialled.
            const bool stale = one.incarnation != link.incarnation;
            const bool keep_this =
                link.outgoing == (compare_text(options_.server_name, link.peer) < 0);
            const bool crossed = one.outgoing != link.outgoing;
            if (stale || (keep_this && crossed))
                others.push_back(number);
            else
                superfluous = superfluous || crossed;
        }
    for (const link_number number : others) drop_link(number);
    if (superfluous) {
        drop_link(link.number);
        return;
    }
    for (const auto& [id, one] : groups_) tell_news(one);
    for (const auto& [name, waiting] : joins_)
        if (!waiting) send(link.number, configuration_request{name});
}

}  // namespace ha::mssqlsim
