using System.Globalization;
using System.Text.RegularExpressions;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Testing;

namespace ImageBackend.Build.Tests;

/// <summary>What the service knows, and what its image sets.</summary>
internal static partial class Settings
{
    private static readonly Dictionary<string, string> Defaults =
        Row().Matches(SettingsTable.ToMarkdown()).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["default"].Value);

    private static readonly string Dockerfile = File.ReadAllText(Repository.File("Dockerfile"));

    /// <summary>Where the image has its temp folder.</summary>
    public static string TempFolder { get; } = TempFolderLine().Match(Dockerfile).Groups["folder"].Value;

    public static string DefaultOf(string name) => Defaults[name];

    public static int NumberOf(string name) => int.Parse(Defaults[name], CultureInfo.InvariantCulture);

    /// <param name="variables">The values of INCOMING_PREFIX and ACTIVE_PREFIX decide which other names there are.</param>
    public static bool Knows(string name, IDictionary<string, string> variables) => Defaults.ContainsKey(name)
        || new[] { "INCOMING_PREFIX", "ACTIVE_PREFIX" }.Any(prefix => variables.TryGetValue(prefix, out string? value) && value.Length > 0
            && name.StartsWith(value + '_', StringComparison.Ordinal) && Defaults.ContainsKey("PREFIX" + name[value.Length..]));

    [GeneratedRegex(@"^\| `(?<name>[A-Z0-9_]+)` \| (?<default>.*?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\bTEMP_FOLDER=(?<folder>/\S+)")]
    private static partial Regex TempFolderLine();
}
