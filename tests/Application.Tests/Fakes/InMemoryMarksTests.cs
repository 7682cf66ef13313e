using ImageBackend.Application.Abstractions;
using ImageBackend.Testing;
using ImageBackend.Testing.Contracts;

namespace ImageBackend.Application.Tests.Fakes;

public sealed class InMemoryMarksTests : ImageMarksContract
{
    protected override (IImageMarks Marks, IImageStorage Incoming) Create() => (new InMemoryMarks(new StorageCalls()), new InMemoryImageStorage("incoming"));
}
