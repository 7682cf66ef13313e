using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Storage;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage;

/// <summary>Incoming and active are one folder under two names.</summary>
public sealed class OnePlaceTests : IDisposable
{
    private static readonly ImageKey Key = ImageKey.Parse("1475660224_0882910455.jpg");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TestFolder _folder = new();
    private readonly FileSystemImageStorage _incoming;
    private readonly FileSystemImageStorage _active;

    public OnePlaceTests()
    {
        _folder.CreateFolder("real").CreateSubdirectory("images");
        Directory.CreateSymbolicLink(_folder.PathOf("link"), _folder.PathOf("real"));
        _incoming = new FileSystemImageStorage("incoming", new DirectoryInfo(_folder.PathOf("real", "images")));
        _active = new FileSystemImageStorage("active", new DirectoryInfo(_folder.PathOf("link", "images")));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_no_copy_of_itself()
    {
        await PutAsync();
        await _active.CopyFromAsync(_incoming, Key, null, None);
        Func<Task> act = () => _active.VerifyCopyAsync(_incoming, Key, None);

        (await act.Should().ThrowAsync<StorageException>()).Which.Message.Should().Contain("is the same file as its source");
    }

    [Fact]
    public async Task The_look_at_start_tells_it_and_leaves_nothing()
    {
        await PutAsync();
        StorageStart start = new(_active, _incoming, "FOLDER", [], new LineLogger<StorageStart>(new LogLines()));
        Func<Task> act = () => start.StartAsync(None);

        (await act.Should().ThrowAsync<SettingsException>()).Which.Mistakes.Should().ContainSingle()
            .Which.Should().StartWith("ACTIVE_FOLDER: is the same place as INCOMING_FOLDER under another name").And.EndWith("give each a folder of its own");
        Directory.EnumerateFileSystemEntries(_folder.PathOf("real", "images")).Should().ContainSingle();
    }

    [Fact]
    public async Task Many_that_start_at_once_all_see_it_and_leave_nothing()
    {
        bool[] seen = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            _active.Sweep();
            return await _active.IsSamePlaceAsync(_incoming, None);
        })));

        seen.Should().OnlyContain(isSame => isSame);
        Directory.EnumerateFileSystemEntries(_folder.PathOf("real", "images")).Should().BeEmpty();
    }

    [Fact]
    public async Task Two_folders_are_two_however_many_look_at_once()
    {
        FileSystemImageStorage other = new("active", _folder.CreateFolder("other"));

        bool[] seen = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => other.IsSamePlaceAsync(_incoming, None))));

        seen.Should().NotContain(true);
        Directory.EnumerateFileSystemEntries(_folder.PathOf("other")).Should().BeEmpty();
        Directory.EnumerateFileSystemEntries(_folder.PathOf("real", "images")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_storage_that_does_not_work_yet_keeps_nobody_from_starting()
    {
        LogLines log = new();
        FileSystemImageStorage missing = new("active", new DirectoryInfo(_folder.PathOf("missing")));
        StorageStart start = new(missing, _incoming, "FOLDER", [], new LineLogger<StorageStart>(log));

        await start.StartAsync(None);

        log.All.Should().ContainSingle().Which.Should().StartWith("Warning Can't check now whether incoming and active are two places: The active storage:");
    }

    [Fact]
    public async Task What_a_file_system_cannot_do_is_said_once_at_start()
    {
        LogLines log = new();
        FileSystemImageStorage apart = new("active", _folder.CreateFolder("other"));
        StorageStart start = new(apart, _incoming, "FOLDER", [() => null, () => "It can't."], new LineLogger<StorageStart>(log));

        await start.StartAsync(None);

        log.All.Should().Equal("Warning It can't.");
    }

    // No fake is needed: the kernel's own /proc refuses to flush its folders, with EINVAL.
    [Fact]
    public void A_folder_that_cannot_be_put_on_disk_is_a_shortcoming_and_no_fault()
    {
        Posix.FlushFolder("/proc").Should().BeFalse();
        Posix.FlushFolder(_folder.Path).Should().BeTrue();
        new FileSystemImageStorage("active", new DirectoryInfo("/proc")).Shortcoming().Should().StartWith("The active folder's file system does not support fsync on a folder");
        _active.Shortcoming().Should().BeNull();
    }

    private async Task PutAsync()
    {
        using MemoryStream photo = new(Encoding.ASCII.GetBytes("a photo"));
        await _incoming.PutAsync(Key, photo, ImageProperties.None, None);
    }
}
