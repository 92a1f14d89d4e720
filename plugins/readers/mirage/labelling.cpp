// SPDX-License-Identifier: Apache-2.0
#include "labelling.hpp"

namespace morgana::mirage {
namespace {

/// Nothing, or one of the words that stand for it.
bool is_unknown(const std::string& activity) {
  return activity.empty() || same_name(activity, "Unknown") || same_name(activity, "None");
}

std::string shown(const std::string& text) { return text.empty() ? "no label" : text; }

}  // namespace

void Labelling::begin_file(const FileName& file) { file_package_ = file.package; }

/// tcbench's first rule: a biflow is of another app than the one captured where its label is.
Labelling::Owner Labelling::by_file_name(const Biflow& biflow) const {
  Owner owner;
  owner.app = selection_.app == AppFrom::kFile ? file_package_ : biflow.label;
  owner.background = !file_package_.empty() && !same_name(biflow.label, file_package_);
  return owner;
}

/// tcbench's later rule: a biflow is of an app of the release's list, by the package of its process, or of none. Some
/// labels are the app's own name.
Labelling::Owner Labelling::by_app_list(const Biflow& biflow) const {
  const auto& process = biflow.sublabel.empty() ? biflow.label : biflow.sublabel;
  Owner owner;
  owner.listed = find_app(process, selection_.release->apps);
  owner.background = owner.listed == nullptr;
  if (selection_.release->unknown_activity_background && same_name(biflow.activity, "Unknown")) owner.background = true;
  if (selection_.app == AppFrom::kFile) owner.listed = find_app(file_package_, selection_.release->apps);
  owner.app = owner.listed != nullptr            ? std::string(owner.listed->package)
              : selection_.app == AppFrom::kFile ? file_package_
                                                 : package_of_process(process);
  return owner;
}

Label Labelling::label_of(const Biflow& biflow) const {
  const auto owner = selection_.release->apps == kNoList ? by_file_name(biflow) : by_app_list(biflow);
  Label label;
  if (owner.background && selection_.background == Background::kDrop)
    label = {"", "background", shown(selection_.release->apps == kNoList ? biflow.label : owner.app)};
  else if (owner.background && selection_.background == Background::kLabel) label.text = "background";
  else label = label_of(biflow, owner);
  label.background = owner.background;
  if (!label.text.empty() && selection_.exact_only && biflow.label_source != LabelSource::kExact)
    label = {"", "label not exact", ""};
  return label;
}

Label Labelling::label_of(const Biflow& biflow, const Owner& owner) const {
  const bool with_app = selection_.label == LabelKind::kApp || selection_.label == LabelKind::kAppActivity;
  const bool with_activity = selection_.label == LabelKind::kActivity || selection_.label == LabelKind::kAppActivity;
  if (with_app && owner.app.empty()) return {"", "no label", ""};
  if (with_activity && is_unknown(biflow.activity)) return {"", "no activity", biflow.activity};
  if (selection_.label == LabelKind::kCategory) {
    if (owner.listed == nullptr || owner.listed->category.empty()) return {"", "no category", owner.app};
    return {std::string(owner.listed->category), "", ""};
  }
  if (!with_app) return {biflow.activity, "", ""};
  return {with_activity ? owner.app + '-' + biflow.activity : owner.app, "", ""};
}

}  // namespace morgana::mirage
