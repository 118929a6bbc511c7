/** Files out of what was dropped: single files, and all files of folders, however deep. */

/** Files that systems leave beside films; the room would only refuse them one by one. */
export function worthSending(name: string): boolean {
  return !/(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$|DICOMDIR$)/i.test(name);
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return worthSending(entry.fullPath.replace(/^\//, "")) ? [file] : [];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  for (;;) {
    // A reader hands out a hundred entries at most at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return files;
    for (const one of some) files.push(...(await filesOf(one)));
  }
}

export async function droppedFiles(data: DataTransfer): Promise<File[]> {
  // The items are gone after the first pause: take all entries at once.
  const entries = [...data.items]
    .filter((item) => item.kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const files: File[] = [];
  for (const { entry, file } of entries) {
    if (entry) files.push(...(await filesOf(entry)));
    else if (file) files.push(file);
  }
  return files;
}
