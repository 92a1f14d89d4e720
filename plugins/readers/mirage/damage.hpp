// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace morgana::mirage {

/// What is wrong in a biflow, and where: "packet_data.iat", "expected a number". One biflow is lost, not the file.
struct Damage {
  std::string field, reason;
};

/// Damage in a field that the caller knows.
[[noreturn]] inline void fail(const char* reason) { throw Damage{"", reason}; }

}  // namespace morgana::mirage
