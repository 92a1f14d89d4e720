// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "biflows/biflow.hpp"
#include "packets/dissect.hpp"

namespace morgana::pcap {

/// A CSV file with a header that gives labels to whole captures (columns `file`, `label`) or to biflows (`src_ip`,
/// `src_port`, `dst_ip`, `dst_port`, `protocol`, `label`; either end first; `protocol` a number or tcp, udp).
class LabelTable {
 public:
  /// Throws `Error` with file and line where it is no such table, or says two things of one.
  explicit LabelTable(const std::filesystem::path& file);

  /// The biflow's label, else its file's, else "". A file is known by its whole name or by its last part.
  std::string find(const biflows::Biflow& biflow, std::string_view file) const;
  std::size_t size() const noexcept { return files_.size() + biflows_.size(); }

 private:
  using Key = std::tuple<packets::End, packets::End, int>;
  std::map<std::string, std::string, std::less<>> files_;
  std::map<Key, std::string> biflows_;  ///< both orders of the ends
};

}  // namespace morgana::pcap
