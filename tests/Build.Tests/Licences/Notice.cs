using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ImageBackend.Testing;

namespace ImageBackend.Build.Tests.Licences;

/// <summary>The tables of NOTICE: what is shipped, under which licence.</summary>
internal sealed partial class Notice
{
    private Notice(IReadOnlyDictionary<string, string> packages, IReadOnlyDictionary<string, string> natives) => (Packages, Natives) = (packages, natives);

    /// <summary>Licences by the name of a package, or of several, as <c>NetVips.Native.*</c>.</summary>
    public IReadOnlyDictionary<string, string> Packages { get; }

    public IReadOnlyDictionary<string, string> Natives { get; }

    public static Notice OfRepository() => Parse(File.ReadAllText(Repository.File("NOTICE")));

    public static Notice Parse(string text)
    {
        return new Notice(TableAfter(".NET packages ("), TableAfter("Native libraries, "));

        Dictionary<string, string> TableAfter(string heading) => Row().Matches(text[text.IndexOf(heading, StringComparison.Ordinal)..].Split("\n\n")[1])
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["licence"].Value, StringComparer.OrdinalIgnoreCase);
    }

    /// <returns>One line for each package that is not in the table, or is under another licence there.</returns>
    public IEnumerable<string> Problems(IEnumerable<ShippedPackage> shipped)
    {
        foreach (ShippedPackage package in shipped)
        {
            string? found = Packages.Keys.FirstOrDefault(name => name.EndsWith(".*", StringComparison.Ordinal)
                ? package.Name.StartsWith(name[..^1], StringComparison.OrdinalIgnoreCase) : name.Equals(package.Name, StringComparison.OrdinalIgnoreCase));
            if (found is null)
            {
                yield return $"NOTICE lacks: {package.Row}";
            }
            else if (package.Licence is not null && Packages[found] != package.Licence)
            {
                yield return $"NOTICE says {Packages[found]}, but the package: {package.Row}";
            }
        }
    }

    [GeneratedRegex(@"^(?<name>\S+) +\| (?<licence>.+?) +\| https://\S+", RegexOptions.Multiline)]
    private static partial Regex Row();
}

/// <param name="Licence">By its SPDX identifier; null: the package has only an address.</param>
/// <param name="Row">As it should be in NOTICE.</param>
internal sealed record ShippedPackage(string Name, string? Licence, string Row)
{
    /// <summary>Where NuGet keeps packages, also those that these tests were built from.</summary>
    public static string Cache { get; } =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>What the published programs consist of. A package without a library, such as an analyzer, is not part of them.</summary>
    public static IReadOnlyList<ShippedPackage> OfPrograms() =>
    [
        .. new[] { "Web", "Console" }.SelectMany(program => PackagesOf(File.ReadAllText(Repository.File("src", program, "packages.lock.json")))).Distinct()
            .Where(package => IsShipped(FolderOf(package.Name, package.Version))).Select(package => Read(package.Name, package.Version)),
    ];

    public static IEnumerable<(string Name, string Version)> PackagesOf(string lockFile)
    {
        using JsonDocument document = JsonDocument.Parse(lockFile);
        return
        [
            .. document.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(target => target.Value.EnumerateObject())
                .Where(package => package.Value.GetProperty("type").GetString() != "Project")
                .Select(package => (package.Name, package.Value.GetProperty("resolved").GetString()!)),
        ];
    }

    public static string FolderOf(string name, string version) => Path.Combine(Cache, name.ToLowerInvariant(), version);

    public static ShippedPackage Read(string name, string version)
    {
        XElement facts = XDocument.Load(Path.Combine(FolderOf(name, version), name.ToLowerInvariant() + ".nuspec")).Root!.Elements().First();
        string? licence = Find("license") is { } found && found.Attribute("type")?.Value == "expression" ? found.Value : null;
        string source = Find("repository")?.Attribute("url")?.Value ?? Find("projectUrl")?.Value ?? "";
        return new ShippedPackage(name, licence, $"{name} | {licence ?? Find("licenseUrl")?.Value} | {source} | {(Find("copyright") ?? Find("authors"))?.Value}");

        XElement? Find(string element) => facts.Elements().FirstOrDefault(one => one.Name.LocalName == element);
    }

    private static bool IsShipped(string folder) => Directory.Exists(Path.Combine(folder, "lib")) || Directory.Exists(Path.Combine(folder, "runtimes"));
}
