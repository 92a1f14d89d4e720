// SPDX-License-Identifier: Apache-2.0
#include "cache/key.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cache/sha256.hpp"

namespace morgana::host {
namespace {

// Changes whenever keys are made in another way, so that no old entry is taken for a new one.
constexpr std::string_view kKeyFormat = "morgana.key/1";

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\\') out += "\\\\";
    else if (c == '\t') out += "\\t";
    else if (c == '\n') out += "\\n";
    else out += c;
  }
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }
  return out;
}

const KeyPart* find(const KeyMaterial& material, const KeyPart& like) {
  const auto found = std::find_if(material.parts.begin(), material.parts.end(), [&](const KeyPart& part) {
    return part.kind == like.kind && part.name == like.name;
  });
  return found == material.parts.end() ? nullptr : &*found;
}

bool is_content(const KeyPart& part) { return part.kind == "input" || part.kind == "file" || part.kind == "run"; }

std::string described(const KeyPart* before, const KeyPart* now) {
  const KeyPart& part = now ? *now : *before;
  if (part.kind == "plugin") return "the plugin was rebuilt";
  const std::string what = part.kind == "parameter" ? part.name
                           : part.name.empty()      ? part.kind
                                                    : fmt::format("{} \"{}\"", part.kind, part.name);
  if (!before) return what + " is new";
  if (!now) return what + " is gone";
  if (is_content(part)) return what + " changed";
  return fmt::format("{} {} -> {}", what, before->value, now->value);
}

}  // namespace

std::string KeyMaterial::key() const {
  Sha256 digest;
  digest.add_field(kKeyFormat);
  for (const auto& part : parts) {
    digest.add_field(part.kind);
    digest.add_field(part.name);
    digest.add_field(part.value);
  }
  return digest.hexadecimal();
}

std::string KeyMaterial::text() const {
  std::string out;
  for (const auto& part : parts) {
    append_escaped(out, part.kind);
    out += '\t';
    append_escaped(out, part.name);
    out += '\t';
    append_escaped(out, part.value);
    out += '\n';
  }
  return out;
}

KeyMaterial KeyMaterial::parse(std::string_view text) {
  KeyMaterial material;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto first = line.find('\t');
    const auto second = first == std::string_view::npos ? first : line.find('\t', first + 1);
    if (second == std::string_view::npos) continue;
    material.add(unescaped(line.substr(0, first)), unescaped(line.substr(first + 1, second - first - 1)),
                 unescaped(line.substr(second + 1)));
  }
  return material;
}

std::vector<std::string> changes(const KeyMaterial& before, const KeyMaterial& now) {
  std::vector<std::string> list;
  for (const auto& part : now.parts) {
    const auto* old = find(before, part);
    if (old && old->value == part.value) continue;
    if (part.kind == "stage") return {described(old, &part)};
    list.push_back(described(old, &part));
  }
  for (const auto& part : before.parts)
    if (!find(now, part)) list.push_back(described(&part, nullptr));
  return list;
}

}  // namespace morgana::host
