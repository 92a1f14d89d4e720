// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace morgana::host {

/// The type of the exception being handled, as it is written in C++: "std::out_of_range"; "an unknown type" of what
/// another language threw.
std::string current_exception_type();

}  // namespace morgana::host
