// SPDX-License-Identifier: Apache-2.0
#include "cache/entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "cache/json_file.hpp"
#include "cache/plain_words.hpp"
#include "morgana/error.hpp"

namespace morgana::host {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "entry/1";

json to_json(const std::vector<StoredFile>& files) {
  json list = json::array();
  for (const auto& file : files)
    list.push_back({{"name", file.name}, {"file", file.file}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  return list;
}

std::vector<StoredFile> files_of(const json& list) {
  std::vector<StoredFile> files;
  for (const auto& file : list)
    files.push_back({file.at("name"), file.at("file"), file.at("bytes"), file.at("sha256")});
  return files;
}

}  // namespace

const StoredFile* Entry::output(std::string_view port) const {
  const auto found = std::find_if(outputs.begin(), outputs.end(), [&](const auto& file) { return file.name == port; });
  return found == outputs.end() ? nullptr : &*found;
}

std::uint64_t Entry::bytes() const {
  std::uint64_t total = 0;
  for (const auto* list : {&outputs, &products})
    for (const auto& file : *list) total += file.bytes;
  return total;
}

std::string files_text(const Entry& entry) {
  std::string text;
  const auto append = [&](const char* kind, const StoredFile& file) {
    fmt::format_to(std::back_inserter(text), "{}\t{}\t{}\t{}\t{}\n", kind, file.name, file.file, file.bytes,
                   file.sha256);
  };
  for (const auto& file : entry.outputs) append("value", file);
  for (const auto& file : entry.products) append("product", file);
  return text;
}

void parse_files(std::string_view text, Entry& entry) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto field = [&] {
      const auto value = line.substr(0, line.find('\t'));
      line.remove_prefix(std::min(value.size() + 1, line.size()));
      return value;
    };
    const auto kind = field();
    StoredFile file;
    file.name = field();
    file.file = field();
    const auto bytes = field();
    std::from_chars(bytes.data(), bytes.data() + bytes.size(), file.bytes);
    file.sha256 = field();
    (kind == "value" ? entry.outputs : entry.products).push_back(std::move(file));
  }
}

std::string entry_json(const Entry& entry, const KeyMaterial& material, const std::string& node) {
  json document{{"morgana", kFormat},
                {"key", entry.key},
                {"stage", entry.stage},
                {"node", node},
                {"outputs", to_json(entry.outputs)},
                {"products", to_json(entry.products)},
                {"seconds", entry.seconds},
                {"peak_memory_bytes", entry.peak_memory},
                {"memory_growth_bytes", entry.memory_growth},
                {"made", entry.made},
                {"log", entry.log}};
  document["material"] = json::array();
  for (const auto& part : material.parts) document["material"].push_back({part.kind, part.name, part.value});
  return document.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
}

EntryRecord read_entry(const std::filesystem::path& file) {
  const auto document = read_json(file);
  try {
    if (!document.is_object() || document.value("morgana", "") != kFormat)
      throw Error("it does not say \"{}\"", kFormat);
    EntryRecord record;
    record.entry.key = document.at("key");
    record.entry.stage = document.at("stage");
    record.entry.outputs = files_of(document.at("outputs"));
    record.entry.products = files_of(document.at("products"));
    record.entry.seconds = document.at("seconds");
    record.entry.peak_memory = document.at("peak_memory_bytes");
    record.entry.memory_growth = document.at("memory_growth_bytes");
    record.entry.made = document.at("made");
    record.entry.log = document.at("log").get<std::vector<std::string>>();
    record.node = document.at("node");
    for (const auto& part : document.at("material")) record.material.add(part.at(0), part.at(1), part.at(2));
    return record;
  } catch (const std::exception& exception) {
    throw Error("{} is no cache entry: {}", file.string(), plain_words(exception));
  }
}

}  // namespace morgana::host
