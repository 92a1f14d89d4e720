// SPDX-License-Identifier: Apache-2.0
// Any bytes as a table of labels, and as a file's name.
#include "flow_labels.hpp"

#include "bytes.hpp"
#include "morgana/error.hpp"
#include "packets/capture_name.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace morgana;
  const auto text = fuzz::text_of(data, size);
  packets::read_capture_file_name(text);
  try {
    const pcap::LabelTable table(fuzz::file_of(text));
    table.find({}, text);
  } catch (const Error&) {
  }
  return 0;
}
