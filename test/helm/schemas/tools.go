// SPDX-License-Identifier: MIT

//go:build tools

// What this module pins.
package tools

import _ "github.com/yannh/kubeconform/cmd/kubeconform"
