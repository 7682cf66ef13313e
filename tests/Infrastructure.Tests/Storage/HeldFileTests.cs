using ImageBackend.Infrastructure.Files;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage;

public sealed class HeldFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Leaves_nothing_when_somebody_looks_just_as_it_is_made()
    {
        using CancellationTokenSource stop = new();
        Task looking = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (string path in Directory.EnumerateFiles(_folder.Path))
                {
                    HeldFile.TryTake(path)?.Dispose();
                }
            }
        });

        for (int i = 0; i < 20_000; i++)
        {
            using FileStream file = HeldFile.Create(() => _folder.PathOf($"{Guid.NewGuid():N}"));
            File.Delete(file.Name);
        }

        await stop.CancelAsync();
        await looking;
        Directory.EnumerateFiles(_folder.Path).Should().BeEmpty();
    }

    [Fact]
    public void Draws_again_when_a_sweep_took_the_folder_that_was_drawn()
    {
        Queue<string> paths = new([_folder.PathOf("swept", ".lock"), _folder.PathOf("swept too", ".lock"), _folder.PathOf("file")]);

        using FileStream file = HeldFile.Create(paths.Dequeue);

        file.Name.Should().Be(_folder.PathOf("file"));
    }

    [Fact]
    public void Draws_again_when_the_name_is_taken()
    {
        File.WriteAllText(_folder.PathOf("taken"), "of another process");
        Queue<string> paths = new([_folder.PathOf("taken"), _folder.PathOf("file")]);

        using FileStream file = HeldFile.Create(paths.Dequeue);

        File.ReadAllText(_folder.PathOf("taken")).Should().Be("of another process");
    }

    [Fact]
    public void Gives_up_after_ten_draws()
    {
        int draws = 0;
        Action act = () => HeldFile.Create(() => _folder.PathOf("not there", $"{++draws}"));

        act.Should().Throw<IOException>();
        draws.Should().Be(10);
    }

    [Fact]
    public void Cannot_be_taken_until_it_is_let_go()
    {
        string path = _folder.PathOf("file");
        using (HeldFile.Create(() => path))
        {
            HeldFile.TryTake(path).Should().BeNull();
        }

        using FileStream? taken = HeldFile.TryTake(path);
        taken.Should().NotBeNull();
        HeldFile.TryTake(path).Should().BeNull("only one may take it");
    }

    [Fact]
    public void What_is_gone_cannot_be_taken()
    {
        HeldFile.TryTake(_folder.PathOf("never was")).Should().BeNull();
    }
}
