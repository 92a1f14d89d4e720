// SPDX-License-Identifier: Apache-2.0
#include "peers.hpp"

#include <simdjson.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

namespace morgana::benchmark {
namespace {

constexpr std::size_t kPackets = 32;

void name(Columns& columns, std::string label) {
  columns.label.push_back(
      columns.names.try_emplace(std::move(label), static_cast<std::int32_t>(columns.names.size())).first->second);
}

/// Keeps the lists and names asked for, steps over the rest by doing nothing.
class Handler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Handler(Columns& columns) : columns_(columns) {}
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value)); }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }
  bool string(string_t& value) override {
    if (wanted_ == Wanted::kLabel) name(columns_, value);
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_, true; }
  bool end_object() override {
    if (--depth_ == 1) columns_.offsets.push_back(columns_.payload.size());
    return true;
  }
  bool start_array(std::size_t) override { return ++lists_, count_ = 0, true; }
  bool end_array() override { return --lists_, true; }
  bool key(string_t& value) override {
    if (depth_ == 1) columns_.keys.push_back(value);
    wanted_ = depth_ != 3                   ? Wanted::kNothing
              : value == "packet_dir"       ? Wanted::kDirection
              : value == "L4_payload_bytes" ? Wanted::kPayload
              : value == "iat"              ? Wanted::kIat
              : value == "BF_label"         ? Wanted::kLabel
              : value == "BF_num_packets" || value == "BF_IP_packet_bytes" || value == "BF_L4_payload_bytes" ||
                      value == "BF_duration"
                  ? Wanted::kMetadata
                  : Wanted::kNothing;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    throw std::runtime_error(error.what());
  }

 private:
  enum class Wanted { kNothing, kDirection, kPayload, kIat, kLabel, kMetadata };
  bool number(double value) {
    if (wanted_ == Wanted::kMetadata) columns_.metadata.push_back(value);
    if (lists_ != 1 || count_++ >= kPackets) return true;
    if (wanted_ == Wanted::kDirection) columns_.direction.push_back(value == 0 ? -1.0f : 1.0f);
    else if (wanted_ == Wanted::kPayload) columns_.payload.push_back(static_cast<float>(value));
    else if (wanted_ == Wanted::kIat) columns_.iat.push_back(static_cast<float>(value));
    return true;
  }
  Columns& columns_;
  Wanted wanted_ = Wanted::kNothing;
  int depth_ = 0, lists_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

Columns read_by_simdjson(const std::filesystem::path& file) {
  using namespace simdjson;
  Columns columns;
  const padded_string text = padded_string::load(file.string());
  ondemand::parser parser;
  ondemand::document document = parser.iterate(text);
  for (auto member : document.get_object()) {
    columns.keys.emplace_back(std::string_view(member.unescaped_key()));
    for (auto part : member.value().get_object()) {
      const std::string_view part_name = part.unescaped_key();
      if (part_name == "packet_data") {
        for (auto entry : part.value().get_object()) {
          const std::string_view list = entry.unescaped_key();
          std::size_t count = 0;
          if (list == "packet_dir") {
            for (auto value : entry.value().get_array())
              if (count++ < kPackets) columns.direction.push_back(std::int64_t(value) == 0 ? -1.0f : 1.0f);
          } else if (list == "L4_payload_bytes") {
            for (auto value : entry.value().get_array())
              if (count++ < kPackets) columns.payload.push_back(static_cast<float>(std::int64_t(value)));
          } else if (list == "iat") {
            for (auto value : entry.value().get_array())
              if (count++ < kPackets) columns.iat.push_back(static_cast<float>(double(value)));
          }
        }
      } else if (part_name == "flow_metadata") {
        for (auto entry : part.value().get_object()) {
          const std::string_view field = entry.unescaped_key();
          if (field == "BF_label") name(columns, std::string(std::string_view(entry.value())));
          else if (field == "BF_num_packets" || field == "BF_IP_packet_bytes" || field == "BF_L4_payload_bytes" ||
                   field == "BF_duration")
            columns.metadata.push_back(double(entry.value()));
        }
      }
    }
    columns.offsets.push_back(columns.payload.size());
  }
  return columns;
}

Columns read_by_nlohmann(const std::filesystem::path& file) {
  Columns columns;
  Handler handler(columns);
  std::ifstream in(file, std::ios::binary);
  nlohmann::json::sax_parse(in, &handler);
  return columns;
}

double seconds_of_python(const std::filesystem::path& file) {
  const std::string command =
      "python3 -c \"import json, sys, time\nt = time.process_time()\nwith open(sys.argv[1]) as f: json.load(f)\n"
      "print(time.process_time() - t)\" '" +
      file.string() + "'";
  FILE* pipe = ::popen(command.c_str(), "r");
  double seconds = -1;
  if (pipe == nullptr) return seconds;
  if (std::fscanf(pipe, "%lf", &seconds) != 1) seconds = -1;
  ::pclose(pipe);
  return seconds;
}

}  // namespace morgana::benchmark
