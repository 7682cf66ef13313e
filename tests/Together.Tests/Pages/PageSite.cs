using System.Diagnostics;
using System.Globalization;
using ImageBackend.Cli.Tests;
using ImageBackend.Testing;

namespace ImageBackend.Together.Tests.Pages;

/// <summary>Where one page is followed: a folder with a photo and a clone's files, a site's folders, and a shell whose programs are <c>tools</c>.</summary>
internal sealed class PageSite : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TempFolder _folder = new();

    public PageSite()
    {
        string work = _folder.Folder("work");
        File.WriteAllBytes(Path.Combine(work, "photo.jpg"), Pictures.Jpeg(1620, 1210));
        File.Copy(Repository.File(".env.example"), Path.Combine(work, ".env.example"));
        string active = _folder.Folder("active");
        File.WriteAllBytes(Path.Combine(active, "1475660224_0882910455.jpg"), Pictures.Jpeg(620, 410)); // from an older site, so that batches have something to do
        File.CreateSymbolicLink(Path.Combine(_folder.Folder("bin"), "images"), Path.ChangeExtension(ImagesProgram.Dll, null));
    }

    public static string Tools { get; } = Repository.File("tests", "Together.Tests", "Pages", "tools");

    /// <summary>Follows a page from top to bottom in one shell, and then types the commands in its sentences.</summary>
    /// <param name="replacements">Addresses, names and secrets on the page, and what they are here.</param>
    /// <returns>What went wrong, and the service's last answer by the end of each block.</returns>
    public async Task<Followed> FollowAsync(MarkdownPage page, params (string Theirs, string Ours)[] replacements)
    {
        // A page that calls the service without starting it assumes what README says.
        string script = Has("curl ") && !Has("dotnet run ") ? "dotnet run --project src/Web\n" : "";
        for (int i = 0; i < page.Blocks.Count; i++)
        {
            if (page.Blocks[i].Commands is { } commands)
            {
                script += string.Create(CultureInfo.InvariantCulture, $"rm -f \"$SITE/answer\"\n{commands}[ ! -e \"$SITE/answer\" ] || cp \"$SITE/answer\" \"$SITE/answer-{i}\"\n");
            }
        }

        script += string.Concat(page.CommandsInSentences().Where(command => !command.StartsWith("images ", StringComparison.Ordinal)).Select(command => command + "\n"));
        script = replacements.Aggregate(script, (text, pair) => text.Replace(pair.Theirs, pair.Ours, StringComparison.Ordinal));
        (int code, string said) = await RunAsync($$"""
            set -eE -o pipefail
            trap 'stop-service' EXIT
            trap 'echo "FAILED: $BASH_COMMAND"' ERR
            {{script}}
            """);
        return new Followed(code == 0 ? null : said, i => File.Exists(AnswerOf(i)) ? File.ReadAllText(AnswerOf(i)) : null);

        bool Has(string command) => page.Blocks.Any(block => block.Commands?.Contains(command, StringComparison.Ordinal) == true);

        string AnswerOf(int block) => _folder.File(string.Create(CultureInfo.InvariantCulture, $"answer-{block}"));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<(int Code, string Said)> RunAsync(string script)
    {
        ProcessStartInfo start = new("bash", ["--norc", "-c", script])
        {
            WorkingDirectory = _folder.File("work"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string path = start.Environment["PATH"]!;
        BareEnvironment.Set(start, new Dictionary<string, string>
        {
            ["PATH"] = $"{Tools}:{_folder.File("bin")}:{path}",
            ["OUTER_PATH"] = path,
            ["REPOSITORY"] = Repository.Root,
            ["SITE"] = _folder.Path,
            // The tests' own folder is …/bin/CONFIGURATION/net10.0/.
            ["CONFIGURATION"] = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
            ["INCOMING_FOLDER"] = _folder.Folder("incoming"),
            ["ACTIVE_FOLDER"] = _folder.File("active"),
            ["TEMP_FOLDER"] = _folder.Folder("temp"),
            ["IMAGING_ISOLATION"] = "none", // these tests are not about workers, which take time to start
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        });
        using Process process = Process.Start(start)!;
        using CancellationTokenSource patience = new(Patience);
        try
        {
            string[] said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, string.Concat(said));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

/// <param name="Problem">What was printed, if a command failed; its own line begins with FAILED.</param>
/// <param name="Answer">The service's last answer by the end of a block, by the block's number; null: nothing.</param>
internal sealed record Followed(string? Problem, Func<int, string?> Answer);
