using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using ImageBackend.Testing.Contracts;

namespace ImageBackend.Application.Tests.Fakes;

public sealed class InMemoryImageStorageTests : ImageStorageContract
{
    [Fact]
    public async Task Everything_is_a_fault_while_it_is_broken()
    {
        ImageKey key = ImageKey.Parse("1475660224_882910455.jpg");
        InMemoryImageStorage storage = new("incoming") { IsBroken = true };
        Func<Task> act = () => storage.FindAsync(key, CancellationToken.None);

        (await act.Should().ThrowAsync<StorageException>()).Which.Storage.Should().Be("incoming");

        storage.IsBroken = false;
        (await storage.FindAsync(key, CancellationToken.None)).Should().BeNull();
    }

    protected override IImageStorage CreateStorage(string name) => new InMemoryImageStorage(name);
}
