// SPDX-License-Identifier: Apache-2.0
#pragma once

// LibTorch's slow headers, parsed once a target.
#include <torch/nn.h>
#include <torch/types.h>
