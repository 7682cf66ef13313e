# Adds to the .NET packages what the tool for them does not see, and leaves out what is not in the image.
def rows($text): $text | split("\n") | map(select(. != "") | split("\t"));
(rows($licences) | map({key: .[0], value: .[1]}) | from_entries) as $licence
| def licensed: if $licence[.name] then .licenses = [{expression: $licence[.name]}] else . end;
  def with_version($version): if $version then .version = $version | .purl += "@" + ($version | @uri) else . end;
  def with_reference: .["bom-ref"] = .purl;
  # Analyzers run in the compiler; of each other platform there is a library too.
  def is_in_image: .scope != "excluded" and (.name | test("Analyzers$") | not)
    and (.name | (startswith("NetVips.Native.") | not) or . == "NetVips.Native." + $runtime);
  def full_name: {uhdr: "libultrahdr"}[.] // (if $licence[.] then . else "lib" + . end);

# libnsgif is part of libvips' own source, without a version.
($natives[0] + {libnsgif: null} | to_entries | map(.value as $version | (.key | full_name) as $name
  | {type: "library", name: $name, purl: "pkg:generic/\($name)"} | with_version($version) | with_reference | licensed)) as $linked
| (rows($system) | map(.[1] as $version | .[2] as $architecture
  | {type: "library", name: .[0], purl: "pkg:deb/\($distribution)/\(.[0])"} | with_version($version)
  | if $architecture then .purl += "?arch=\($architecture)" else . end | with_reference | licensed)) as $installed
| (rows($runtimes) | map(.[1] as $version
  | {type: "framework", name: .[0], purl: "pkg:generic/\(.[0])", licenses: [{expression: "MIT"}]} | with_version($version) | with_reference)) as $frameworks
| ($base | capture("^(?<registry>[^/]+)/(?<name>.+):(?<tag>[^:]+)$")
  | {type: "container", name: "\(.registry)/\(.name)", version: .tag, purl: "pkg:docker/\(.name)@\(.tag)?repository_url=\(.registry)"}
  | with_reference) as $below
| ($installed + $frameworks + [$below]) as $around
| .metadata.component["bom-ref"] as $self
| (.components | map(select(is_in_image) | if .licenses[0].license.id then . else licensed end)) as $packages
| ($packages | map(.["bom-ref"])) as $kept

| .components = $packages + $linked + $around
| .dependencies |= (map(select(.ref | IN($self, $kept[]))
    | if .dependsOn then .dependsOn |= map(select(IN($kept[]))) else . end
    | if .ref == $self then .dependsOn += ($around | map(.["bom-ref"])) else . end
    | if .ref | startswith("pkg:nuget/NetVips.Native." + $runtime + "@") then .dependsOn += ($linked | map(.["bom-ref"])) else . end)
  + ($linked + $around | map({ref: .["bom-ref"]})))
