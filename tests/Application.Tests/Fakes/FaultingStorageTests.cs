using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using ImageBackend.Testing.Contracts;

namespace ImageBackend.Application.Tests.Fakes;

/// <summary>
/// The decorator that other tests trust: without instructions it changes nothing, and it fails exactly where it is told to.
/// </summary>
public sealed class FaultingStorageTests : ImageStorageContract
{
    private static readonly ImageKey First = ImageKey.Parse("1475660224_1.jpg");
    private static readonly ImageKey Second = ImageKey.Parse("1475660224_2.jpg");

    private readonly StorageCalls _calls = new();

    [Fact]
    public async Task Counts_the_calls_of_both_storages()
    {
        await PutAsync(Incoming, First, "a photo");
        await Active.CopyFromAsync(Incoming, First, null, CancellationToken.None);

        _calls.Log.Should().Equal("incoming put 1475660224_1.jpg", "active copy 1475660224_1.jpg");
    }

    [Theory]
    [InlineData(FaultMode.BeforeEffect, false)]
    [InlineData(FaultMode.AfterEffect, true)]
    public async Task Once_cut_off_everything_fails_until_healed(FaultMode mode, bool hasEffect)
    {
        await PutAsync(Incoming, First, "a photo");
        _calls.CutOffAt(2, mode);
        Func<Task> delete = () => Incoming.DeleteAsync(First, CancellationToken.None);
        Func<Task> find = () => Active.FindAsync(First, CancellationToken.None);

        await PutAsync(Incoming, Second, "another");
        _calls.HasFailed.Should().BeFalse();
        await delete.Should().ThrowAsync<StorageException>();
        _calls.HasFailed.Should().BeTrue();
        await find.Should().ThrowAsync<StorageException>();

        _calls.Heal();
        await find.Should().NotThrowAsync();
        (await Incoming.FindAsync(First, CancellationToken.None) is null).Should().Be(hasEffect);
    }

    [Fact]
    public async Task A_single_fault_hits_one_call()
    {
        _calls.FailOnceAt(1);
        Func<Task> act = () => PutAsync(Incoming, First, "a photo");

        await act.Should().ThrowAsync<StorageException>();
        await act.Should().NotThrowAsync();
    }

    protected override IImageStorage CreateStorage(string name) => new FaultingStorage(name, new InMemoryImageStorage(name), _calls);
}
