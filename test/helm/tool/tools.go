// SPDX-License-Identifier: MIT

//go:build tools

// What this module pins.
package tools

import _ "helm.sh/helm/v3/cmd/helm"
