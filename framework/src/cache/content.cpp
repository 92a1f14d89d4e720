// SPDX-License-Identifier: Apache-2.0
#include "cache/content.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "cache/index.hpp"
#include "cache/sha256.hpp"
#include "morgana/error.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

// A file changed twice within the clock's step looks unchanged, so a file this young is read again next time.
constexpr std::int64_t kYoungNanoseconds = 2'000'000'000;

std::string remembered_hash(const fs::path& file, Index& index) {
  const auto identity = identity_of(file);
  if (auto hash = index.find_hash(identity)) return *hash;
  auto hash = sha256_of_file(file);
  const auto now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (now - identity.modified_nanoseconds > kYoungNanoseconds) index.put_hash(identity, hash);
  return hash;
}

Content folder_content(const fs::path& folder, const std::function<std::string(const fs::path&)>& hash_file) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::follow_directory_symlink))
    if (!entry.is_directory()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  Sha256 digest;
  digest.add_field("folder");
  Content content;
  for (const auto& file : files) {
    digest.add_field(file.lexically_relative(folder).generic_string());
    digest.add_field(hash_file(file));
    content.bytes += fs::file_size(file);
  }
  content.sha256 = digest.hexadecimal();
  return content;
}

}  // namespace

Content content_of(const fs::path& path, const std::function<std::string(const fs::path&)>& hash_file) {
  try {
    if (!fs::exists(path)) throw Error("there is no {}", path.string());
    if (fs::is_directory(path)) return folder_content(path, hash_file);
    auto hash = hash_file(path);
    return {std::move(hash), fs::file_size(path)};
  } catch (const fs::filesystem_error& fault) {
    throw Error("cannot read {}: {}", fault.path1().string(), fault.code().message());
  }
}

Content content_of(const fs::path& path) {
  return content_of(path, [](const fs::path& file) { return sha256_of_file(file); });
}

Content content_of(const fs::path& path, Index& index) {
  return content_of(path, [&](const fs::path& file) { return remembered_hash(file, index); });
}

}  // namespace morgana::host
