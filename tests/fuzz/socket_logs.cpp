// SPDX-License-Identifier: Apache-2.0
// Any bytes as a socket log: every row that is read may be asked for.
#include "bytes.hpp"
#include "morgana/error.hpp"
#include "sockets/owners.hpp"
#include "sockets/read_log.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace morgana;
  try {
    fuzz::Bytes source(fuzz::text_of(data, size));
    const auto read = sockets::read_log(source, "file");
    const sockets::Owners owners(read.log);
    for (const auto& row : read.log.rows()) owners.owner_of(row.local, row.remote.value_or(row.local), row.protocol);
  } catch (const Error&) {
  }
  return 0;
}
