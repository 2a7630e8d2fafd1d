// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <memory>
#include <string>

// Whom TLS believes and what it shows, and where that comes from: texts, or files that change.

namespace ha::transport {

// PEM texts. The key is a secret: never log one.
struct tls_credentials {
    std::string trusted{};      // CA certificates: who is signed by one of them is believed
    std::string certificate{};  // our own, then what leads to its CA; empty: we show none
    std::string key{};
    bool operator==(const tls_credentials&) const = default;
};

class credential_source {
public:
    virtual ~credential_source() = default;
    // The same pointer as long as nothing changed. Errors: failed, with the file's name.
    virtual result<std::shared_ptr<const tls_credentials>> current() = 0;
};

std::shared_ptr<credential_source> fixed_credentials(tls_credentials what);

struct credential_paths {
    std::string trusted{};
    std::string certificate{};
    std::string key{};
};

// Looks at the files each time it is asked, and reads them again when one was replaced or rewritten
// (volumes of Kubernetes are swapped by a symbolic link). What was read once is kept while they
// cannot be read, or while certificate and key are not of one version. Empty paths are left out.
std::shared_ptr<credential_source> credential_files(credential_paths where);

}  // namespace ha::transport
