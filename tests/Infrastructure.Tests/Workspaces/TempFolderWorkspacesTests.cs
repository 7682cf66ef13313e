using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Tests.Storage;
using ImageBackend.Infrastructure.Workspaces;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Workspaces;

public sealed class TempFolderWorkspacesTests : IDisposable
{
    private readonly TestFolder _temp = new();
    private readonly TempFolderWorkspaces _workspaces;

    public TempFolderWorkspacesTests() => _workspaces = new TempFolderWorkspaces(_temp.Folder);

    public void Dispose() => _temp.Dispose();

    private static string OfTheDead() => Marks.WorkspaceOf(Marks.Gone);

    [Fact]
    public async Task Removes_everything_at_the_end()
    {
        using (IWorkspace workspace = _workspaces.Open())
        {
            await ReceiveAsync(workspace, "original", "a photo");
            await File.WriteAllTextAsync(workspace.PathOf("made by a decoder"), "a thumbnail");
            Directory.CreateDirectory(workspace.PathOf("deeper"));
            _temp.Entries.Should().HaveCount(5, "the folder, its lock, two files and a folder");
        }

        _temp.Entries.Should().BeEmpty();
    }

    [Fact]
    public async Task Removes_files_that_are_still_open()
    {
        IWorkspace workspace = _workspaces.Open();
        await ReceiveAsync(workspace, "original", "a photo");
        await using Stream open = workspace.OpenRead("original");

        workspace.Dispose();

        _temp.Entries.Should().BeEmpty();
    }

    [Fact]
    public void Ends_quietly_when_its_folder_is_gone()
    {
        IWorkspace workspace = _workspaces.Open();
        Directory.Delete(workspace.PathOf("."), recursive: true);

        Action act = workspace.Dispose;

        act.Should().NotThrow();
    }

    [Fact]
    public async Task Keeps_the_files_of_two_jobs_apart()
    {
        using IWorkspace first = _workspaces.Open();
        using IWorkspace second = _workspaces.Open();
        await ReceiveAsync(first, "original", "a photo");
        await ReceiveAsync(second, "original", "another");

        (await ReadAsync(first, "original")).Should().Be("a photo");
        (await ReadAsync(second, "original")).Should().Be("another");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(299_999, 299_999)]
    [InlineData(300_000, 300_000)]
    public async Task Receives_what_is_within_the_limit(int length, long expected)
    {
        using IWorkspace workspace = _workspaces.Open();
        using MemoryStream content = new(new byte[length]);

        (await workspace.ReceiveAsync("original", content, maxBytes: 300_000, CancellationToken.None)).Should().Be(expected);

        new FileInfo(workspace.PathOf("original")).Length.Should().Be(expected);
    }

    [Fact]
    public async Task Stops_reading_soon_after_the_limit()
    {
        using IWorkspace workspace = _workspaces.Open();
        using MemoryStream content = new(new byte[10_000_000]);

        (await workspace.ReceiveAsync("original", content, maxBytes: 300_000, CancellationToken.None)).Should().Be(300_001);

        content.Position.Should().Be(300_001, "the port promises one byte past the limit");
    }

    [Fact]
    public async Task Passes_on_what_the_content_throws()
    {
        using IWorkspace workspace = _workspaces.Open();
        await using StoppingStream content = StoppingStream.Failing(new byte[100], stopAt: 50);
        Func<Task> act = () => workspace.ReceiveAsync("original", content, maxBytes: 1000, CancellationToken.None);

        (await act.Should().ThrowAsync<IOException>()).WithMessage("The connection was lost.");
    }

    [Fact]
    public void A_temp_folder_that_is_missing_is_made()
    {
        TempFolderWorkspaces workspaces = new(new DirectoryInfo(_temp.PathOf("not", "there")));

        workspaces.Sweep().Should().Be(Swept.Nothing);
        using IWorkspace workspace = workspaces.Open();

        Directory.Exists(_temp.PathOf("not", "there")).Should().BeTrue();
    }

    [Fact]
    public async Task A_temp_folder_that_cannot_be_is_a_storage_fault()
    {
        await File.WriteAllTextAsync(_temp.PathOf("file"), "in the way");
        TempFolderWorkspaces workspaces = new(new DirectoryInfo(_temp.PathOf("file")));
        Action act = () => workspaces.Open();

        act.Should().Throw<StorageException>().Which.Storage.Should().Be("temp");
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_storage_fault()
    {
        using IWorkspace workspace = _workspaces.Open();
        Action act = () => workspace.OpenRead("never received");

        act.Should().Throw<StorageException>().Which.Storage.Should().Be("temp");
    }

    [FactThatMounts]
    public async Task A_full_disk_is_told_as_such()
    {
        using SmallDisk disk = new(_temp.Path, "64k");
        using IWorkspace workspace = _workspaces.Open();
        using MemoryStream content = new(new byte[300_000]);
        Func<Task> act = () => workspace.ReceiveAsync("original", content, maxBytes: 1_000_000, CancellationToken.None);

        (await act.Should().ThrowAsync<StorageException>()).Which.IsFull.Should().BeTrue();
    }

    [Fact]
    public async Task A_sweep_leaves_the_living()
    {
        using IWorkspace workspace = _workspaces.Open();
        await ReceiveAsync(workspace, "original", "a photo");

        new TempFolderWorkspaces(_temp.Folder).Sweep().Should().Be(Swept.Nothing);

        (await ReadAsync(workspace, "original")).Should().Be("a photo");
    }

    [Fact]
    [Trait("fault", "c2c-8")]
    [Trait("fault", "v6-3")]
    public async Task A_sweep_removes_the_dead()
    {
        DirectoryInfo dead = _temp.CreateFolder(OfTheDead());
        await File.WriteAllTextAsync(Path.Combine(dead.FullName, ".lock"), "");
        await File.WriteAllTextAsync(Path.Combine(dead.FullName, "original"), "half a pho");
        _temp.CreateFolder(OfTheDead()); // interrupted before its lock was made
        using IWorkspace living = _workspaces.Open();

        _workspaces.Sweep().Should().Be(new Swept(2));

        _temp.Folder.EnumerateFileSystemInfos().Should().ContainSingle();
        File.Exists(living.PathOf(".lock")).Should().BeTrue();
    }

    [Fact]
    public void A_sweep_removes_what_was_cut_off_while_it_was_removed()
    {
        DirectoryInfo dead = _temp.CreateFolder(OfTheDead());
        File.WriteAllText(Path.Combine(dead.FullName, "original"), "a photo"); // the lock may go first
        _temp.CreateFolder(OfTheDead());

        _workspaces.Sweep().Should().Be(new Swept(2));

        _temp.Entries.Should().BeEmpty();
    }

    [Fact]
    public async Task A_sweep_leaves_the_workspace_of_a_living_process_though_no_lock_is_seen()
    {
        // As on NFS and SMB, where .NET takes no lock for writers.
        DirectoryInfo living = _temp.CreateFolder(Marks.WorkspaceOf(MakerMark.Own!));
        await File.WriteAllTextAsync(Path.Combine(living.FullName, ".lock"), "");
        await File.WriteAllTextAsync(Path.Combine(living.FullName, "original"), "a photo");

        _workspaces.Sweep().Should().Be(Swept.Nothing);

        _temp.Entries.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_sweep_leaves_the_workspace_of_another_host_until_all_of_it_is_a_day_old()
    {
        foreach (string name in new[] { Marks.WorkspaceOf(Marks.Elsewhere), "workspace-0123456789abcdef0123456789abcdef" })
        {
            DirectoryInfo folder = _temp.CreateFolder(name);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, ".lock"), "");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "original"), "still coming");
            File.SetLastWriteTimeUtc(Path.Combine(folder.FullName, ".lock"), Marks.MoreThanADayAgo);
            Directory.SetLastWriteTimeUtc(folder.FullName, Marks.MoreThanADayAgo);
        }

        _workspaces.Sweep().Should().Be(Swept.Nothing);
        foreach (string original in Directory.EnumerateFiles(_temp.Path, "original", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(original, Marks.MoreThanADayAgo);
        }

        _workspaces.Sweep().Should().Be(new Swept(2));
    }

    [Fact]
    public async Task A_sweep_leaves_what_others_keep_there()
    {
        _temp.CreateFolder("somebody-else");
        await File.WriteAllTextAsync(_temp.PathOf("somebody-else", "file"), "of theirs");
        await File.WriteAllTextAsync(_temp.PathOf("workspace-no-folder"), "a file");
        _temp.CreateFolder("workspace-1");
        await File.WriteAllTextAsync(_temp.PathOf("workspace-1", "no-lock-but-a-file"), "not ours");

        _workspaces.Sweep().Should().Be(Swept.Nothing);

        _temp.Entries.Should().HaveCount(5);
    }

    [NeedsToolFact("/usr/bin/flock")]
    public async Task A_sweep_leaves_the_workspace_of_another_process_until_that_is_killed()
    {
        DirectoryInfo folder = _temp.CreateFolder(Marks.WorkspaceOf(Marks.OtherContainer));
        string lockPath = Path.Combine(folder.FullName, ".lock");
        await File.WriteAllTextAsync(lockPath, "");
        using LockHolder owner = await LockHolder.StartAsync(lockPath);

        _workspaces.Sweep().Should().Be(Swept.Nothing);
        await owner.KillAsync();
        _workspaces.Sweep().Should().Be(new Swept(1));

        _temp.Entries.Should().BeEmpty();
    }

    [NeedsToolFact("/usr/bin/flock")]
    public async Task Another_process_finds_a_workspace_held()
    {
        using IWorkspace workspace = _workspaces.Open();

        (await LockHolder.IsFreeAsync(workspace.PathOf(".lock"))).Should().BeFalse();
    }

    [Fact]
    public async Task Sweeps_at_any_time_disturb_nobody()
    {
        using CancellationTokenSource done = new();
        Task sweeping = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                new TempFolderWorkspaces(_temp.Folder).Sweep();
            }
        });

        for (int i = 0; i < 25; i++)
        {
            using IWorkspace workspace = _workspaces.Open();
            await ReceiveAsync(workspace, "original", "a photo");
            (await ReadAsync(workspace, "original")).Should().Be("a photo");
        }

        await done.CancelAsync();
        await sweeping;
        _temp.Entries.Should().BeEmpty();
    }

    private static async Task ReceiveAsync(IWorkspace workspace, string name, string content)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(content));
        await workspace.ReceiveAsync(name, stream, maxBytes: 1000, CancellationToken.None);
    }

    private static async Task<string> ReadAsync(IWorkspace workspace, string name)
    {
        using StreamReader reader = new(workspace.OpenRead(name));
        return await reader.ReadToEndAsync();
    }
}
