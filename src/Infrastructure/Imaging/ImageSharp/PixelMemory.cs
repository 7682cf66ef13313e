using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp.Memory;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

/// <summary>
/// Takes pixels from outside the managed heap and gives them back at once. The library's own allocator takes buffers below a megabyte, such
/// as the frames of a screen recording, from the heap, which is small in a worker and grows beyond what was told to admission.
/// </summary>
internal sealed class PixelMemory : MemoryAllocator
{
    // Smaller ones die young on the heap.
    private const int LeastBytes = 64 * 1024;
    private const int BlockBytes = 4 * 1024 * 1024;

    // More than any one row or block needs; a file that asks for more lies about its size.
    private const long MostBytes = 1_000_000_000;

    public override IMemoryOwner<T> Allocate<T>(int length, AllocationOptions options = AllocationOptions.None)
    {
        long bytes = (long)length * Unsafe.SizeOf<T>();
        return bytes is < 0 or > MostBytes ? throw new InvalidMemoryOperationException($"A buffer can't have {bytes} bytes.")
            : bytes < LeastBytes ? new OnHeap<T>(length)
            : new Block<T>(length, (nuint)bytes, options.HasFlag(AllocationOptions.Clean));
    }

    protected override int GetBufferCapacityInBytes() => BlockBytes;

    private sealed class OnHeap<T>(int length) : IMemoryOwner<T>
    {
        public Memory<T> Memory { get; } = new T[length];

        public void Dispose()
        {
            // The collector does.
        }
    }

    private sealed unsafe class Block<T>(int length, nuint bytes, bool isClean) : MemoryManager<T>
        where T : struct
    {
        // Frees itself if the library loses it, as it may on a broken file.
        private readonly Native _native = new(bytes, isClean);

        public override Span<T> GetSpan() => new(_native.Start, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_native.Start + ((long)elementIndex * Unsafe.SizeOf<T>()));

        public override void Unpin()
        {
            // It never moves.
        }

        protected override void Dispose(bool disposing) => _native.Dispose();
    }

    private sealed unsafe class Native : SafeHandle
    {
        public Native(nuint bytes, bool isClean)
            : base(0, ownsHandle: true) => SetHandle((nint)(isClean ? NativeMemory.AllocZeroed(bytes) : NativeMemory.Alloc(bytes)));

        public override bool IsInvalid => handle == 0;

        public void* Start => IsClosed ? throw new ObjectDisposedException(nameof(PixelMemory)) : (void*)handle;

        protected override bool ReleaseHandle()
        {
            NativeMemory.Free((void*)handle);
            return true;
        }
    }
}
