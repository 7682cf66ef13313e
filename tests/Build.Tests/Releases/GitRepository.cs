using ImageBackend.Testing;

namespace ImageBackend.Build.Tests.Releases;

/// <summary>A git repository for one test, on branch <c>main</c> with one commit.</summary>
internal sealed class GitRepository : IDisposable
{
    private readonly TestFolder _folder = new();

    private GitRepository()
    {
    }

    /// <summary>Variables for git, without a person's own configuration, and for whatever the test adds.</summary>
    public Dictionary<string, string> Variables { get; } = new()
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_AUTHOR_NAME"] = "a",
        ["GIT_AUTHOR_EMAIL"] = "a@example.org",
        ["GIT_COMMITTER_NAME"] = "a",
        ["GIT_COMMITTER_EMAIL"] = "a@example.org",
    };

    public string Path => _folder.Path;

    public static async Task<GitRepository> CreateAsync()
    {
        GitRepository repository = new();
        await repository.GitAsync("init", "--quiet", "--initial-branch", "main");
        await repository.CommitAsync();
        return repository;
    }

    /// <param name="options">Of `git clone`.</param>
    public async Task<GitRepository> CloneAsync(params string[] options)
    {
        GitRepository clone = new();
        await clone.GitAsync(["clone", "--quiet", .. options, "file://" + Path, "."]);
        return clone;
    }

    public Task CommitAsync() => GitAsync("commit", "--quiet", "--allow-empty", "--message", "x");

    /// <summary>Tags new commits, one after another.</summary>
    public async Task ReleaseAsync(params string[] tags)
    {
        foreach (string tag in tags)
        {
            await CommitAsync();
            await GitAsync("tag", tag);
        }
    }

    /// <returns>What it printed, without the final line break.</returns>
    public async Task<string> GitAsync(params string[] arguments)
    {
        Ended ended = await Script.RunAsync("git", Path, Variables, arguments);
        ended.Code.Should().Be(0, ended.Errors);
        return ended.Output.TrimEnd();
    }

    public Task<Ended> RunAsync(string script, params string[] arguments) => Script.ReleaseAsync(script, Path, Variables, arguments);

    public void Dispose() => _folder.Dispose();
}
