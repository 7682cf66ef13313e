using System.Text.RegularExpressions;

namespace ImageBackend.Testing;

/// <summary>A page of the repository for people, and the commands in it.</summary>
internal sealed partial record MarkdownPage(string Name, IReadOnlyList<FencedBlock> Blocks, string Sentences)
{
    /// <returns>Every page that somebody may follow: README, its neighbours, and all of docs.</returns>
    public static IReadOnlyList<MarkdownPage> All() =>
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Repository.File("docs"), "*.md", SearchOption.AllDirectories))
            .Append(Repository.File("benchmarks", "README.md"))
            .Select(path => Parse(Path.GetRelativePath(Repository.Root, path), File.ReadAllText(path)))
            .OrderBy(page => page.Name, StringComparer.Ordinal),
    ];

    public static MarkdownPage Parse(string name, string text) => new(
        name,
        [.. Fence().Matches(text).Select(match => new FencedBlock(match.Groups["language"].Value, match.Groups["content"].Value))],
        Fence().Replace(text, ""));

    /// <summary>Commands inside a sentence, such as `make test`.</summary>
    public IEnumerable<string> CommandsInSentences() => InlineCommand().Matches(Sentences).Select(match => match.Groups["command"].Value).Distinct();

    [GeneratedRegex(@"^ *```(?<language>[^\n`]*)\n(?<content>.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`(?<command>(?:[A-Z0-9_]+=\S+ )*(?:make|images|dotnet|docker|docker-compose|curl) [^`\n]+)`")]
    private static partial Regex InlineCommand();
}

/// <param name="Language">The word after the opening marks; may be empty.</param>
internal sealed record FencedBlock(string Language, string Content)
{
    /// <summary>The lines to type: all of a script, or those after the prompt in a terminal session; null: none.</summary>
    public string? Commands => Language switch
    {
        "sh" => Content,
        "console" => string.Concat(Content.Split('\n').Where(line => line.StartsWith("$ ", StringComparison.Ordinal)).Select(line => line[2..] + "\n")),
        _ => null,
    };
}
